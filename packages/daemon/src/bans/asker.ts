import type { BanOptions, UnbanOptions } from 'chainmail'
import type { DoorName, Origin } from '../history/revision.ts'
import type { BanCheck } from './ban-request.ts'

/** Who asks. */
export interface Asker {
  /** As it is kept with the ban. */
  readonly who: string
  /** His address, where he is not on this host: nothing bans it. */
  readonly asker?: string | undefined
  /** By which way he asks; the daemon itself if not said. */
  readonly door?: DoorName | undefined
  /** In his own words. */
  readonly why?: string | undefined
  /** The id of the probation that the change is on. */
  readonly probation?: string | undefined
}

/** On which terms something is changed. */
export interface BanTerms {
  /** Refuses it by what stands there, with nothing done. */
  readonly check?: BanCheck | undefined
}

export type BanWish = BanOptions & Asker & BanTerms

/** One of many bans that are asked for together. */
export interface ManyBan extends BanOptions {
  readonly address: string
}

/** One of many that are taken back together. */
export interface ManyUnban extends UnbanOptions {
  readonly address: string
}

/** Who asked for bans, where nobody says. */
export const nobody: Asker = { who: 'daemon' }

/** Whom the history says that a change is of. */
export function originOf({ who, door = 'daemon', why, probation }: Asker): Origin {
  if (why === undefined && probation === undefined) return { who, door }
  return {
    who,
    door,
    ...(why === undefined ? {} : { why }),
    ...(probation === undefined ? {} : { probation }),
  }
}
