import type { BanTarget, BookedBan, UnbanTarget } from 'chainmail'
import type { Origin } from '../history/revision.ts'

/** What every change has. */
interface Asked {
  readonly origin: Origin
  /** Is told of the bans that stand where one is to be made or taken back; what it throws that one is refused with. */
  readonly check?: BanCheck | undefined
  /** Told before it is answered: the number of the change in the history, where there is one. */
  recorded(revision: number | undefined): void
}

/** Looks at the bans that stand exactly where a change is asked for. */
export type BanCheck = (standing: readonly BookedBan[]) => void

/** Bans that are answered together. */
export interface BanRequest extends Asked {
  readonly do: 'ban'
  /** Read; or why one cannot be. */
  readonly wishes: readonly (BanTarget | Refused)[]
  readonly who: string
  /** The address that asks, where it is not this host. */
  readonly asker: string | undefined
  resolve(outcomes: BanOutcome[]): void
  reject(reason: unknown): void
}

/** Bans that are taken back together. */
export interface UnbanRequest extends Asked {
  readonly do: 'unban'
  readonly wishes: readonly (UnbanTarget | Refused)[]
  resolve(outcomes: (Refused | undefined)[]): void
  reject(reason: unknown): void
}

/** Work that nothing else of the book is done beside. */
export interface LoneRequest {
  readonly do: 'alone'
  work(): Promise<void>
  reject(reason: unknown): void
}

export type BookRequest = BanRequest | UnbanRequest | LoneRequest

/** Why something was not done. */
export class Refused {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** A ban that was made. Times are milliseconds since 1970. */
export interface MadeBan {
  readonly target: BanTarget
  /** What the kernel holds for it. */
  readonly networks: readonly string[]
  /** Since when all of it is banned without a break. */
  readonly since: number
  readonly until: number | undefined
  readonly reason: string | undefined
  readonly who: string
  /** Its number in the history. */
  readonly revision?: number | undefined
}

export type BanOutcome = MadeBan | Refused

/** What the work returns, or what it throws. */
export function orRefused<Result>(work: () => Result): Result | Refused {
  try {
    return work()
  } catch (error) {
    return new Refused(error)
  }
}
