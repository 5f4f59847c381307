import type { Duration } from '../../duration.ts'
import type { Decision } from './journal-folder.ts'
import type { TakenBack } from './take-back.ts'

export interface ProbationOptions {
  /**
   * At least one second, at most 24 days: the change is taken back by itself unless it is confirmed within this time,
   * counted from when the guard stands by, just before it is made.
   */
  readonly confirmWithin: Duration
}

/** A change that is taken back unless it is confirmed. */
export interface PendingProbation {
  /** Six letters and digits. */
  readonly id: string
  /** Milliseconds until it is taken back, 0 or more. */
  readonly remaining: number
  /** What is changed: `ipv4 filter INPUT`, `set customers`. */
  readonly touches: readonly string[]
  /** Whether the process that takes it back is alive. If not, the next process that opens the firewall does it. */
  readonly guarded: boolean
}

/** What becomes of a change on probation in the hands of who has made it. */
export interface Probation {
  readonly id: string
  /** By the clock of the day, for people: the guard goes by one that nobody can set. */
  readonly deadline: Date
  /** Milliseconds until it is taken back, 0 or more. */
  remaining(): number
  /** @throws ChainmailError `probation-over` when it is too late */
  confirm(): Promise<void>
  /** @throws ChainmailError `probation-over` when it was confirmed; `revert-failed` */
  revert(): Promise<TakenBack>
  /** Resolves when it is decided, by whomever. */
  decided(): Promise<Decision>
}

/** A change that belongs to one on probation. */
export interface PartOfProbation {
  /**
   * The id of the probation that this change is, but for entries of sets: see `Firewall.onProbation`. What it has to be
   * taken back to is written down anew, right before it is made.
   */
  readonly partOf?: string | undefined
}
