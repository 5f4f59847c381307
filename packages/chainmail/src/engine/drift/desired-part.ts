import type { Family } from '@chainmail/kernel'
import type { Difference, Listing } from './difference.ts'

/** A part of the kernel's state that somebody owns: what it should be, and how to make it so again. */
export interface DesiredPart {
  /** What it is called in events: `bans`, `plan main`. */
  readonly name: string
  readonly families: readonly Family[]
  /**
   * Whether something may be wrong, in microseconds: it is asked some times a second.
   * @param rulesChanged whether anybody has changed a rule since it was asked before
   */
  glance?(rulesChanged: boolean): boolean
  /** What others have done to it; undefined where it is as it should be. `listing` has just been read. */
  check(listing: Listing): Promise<Difference | undefined>
  /** Makes it what it should be. */
  repair(): Promise<void>
}
