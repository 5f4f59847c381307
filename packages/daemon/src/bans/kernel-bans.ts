import type { Ban, Bans, Family } from 'chainmail'
import type { BanRecord } from './ban-store.ts'

/** What the book of bans needs of the kernel. */
export interface KernelBans {
  /** Whether the set of a family is there and a rule refers to it. */
  inPlace(family: Family): boolean
  /** Bans, and renews where there is a ban. Those that are refused are told by their index, the others are banned. */
  addManyNow(bans: readonly KernelBan[], refused: (index: number, error: unknown) => void): void
  /** @throws ChainmailError `not-banned` */
  removeNow(address: string): void
  list(): Iterable<Ban>
  /** Makes the kernel hold exactly these, by a rule that is in place. */
  restore(bans: Iterable<KernelBan>): Promise<void>
}

export interface KernelBan {
  readonly address: string
  /** What is left of it; absent for ever. */
  readonly seconds?: number
  readonly reason?: string
  /** Who asked for it. */
  readonly who: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** Seconds; the most that a timeout of a set holds: UINT_MAX / 1000 / 2, linux/netfilter/ipset/ip_set_timeout.h */
export const LONGEST_TIMEOUT = 2_147_483

/** A ban as the kernel holds it: at most for its longest timeout. */
export function kernelBan({ address, until, reason, who, since }: BanRecord, now: number): KernelBan {
  return {
    address,
    who,
    since,
    ...(until === undefined ? {} : { seconds: Math.min(secondsLeft(until, now), LONGEST_TIMEOUT) }),
    ...(reason === undefined ? {} : { reason }),
  }
}

export function secondsLeft(until: number, now: number): number {
  return Math.max(1, Math.ceil((until - now) / 1000))
}

/** The library's bans as the book wants them. */
export function libraryBans(bans: Bans): KernelBans {
  return {
    inPlace: (family) => bans.inPlace(family),
    addManyNow(wanted, refused) {
      for (const [index, { address, seconds, reason, who, since }] of wanted.entries()) {
        const options = {
          who,
          ...(seconds === undefined ? {} : { for: seconds }),
          ...(reason === undefined ? {} : { reason }),
        }
        try {
          bans.addNow(address, options, since)
        } catch (error) {
          refused(index, error)
        }
      }
    },
    removeNow: (address) => bans.removeNow(address),
    list: () => bans.list(),
    restore: (wanted) => bans.restore(wanted),
  }
}
