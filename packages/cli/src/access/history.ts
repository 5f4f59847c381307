import type { Made, Reading } from './access.ts'
import type { ApplyOptions } from './plans.ts'

/** A numbered change, as a list shows it. */
export interface RevisionHead {
  readonly number: number
  readonly time: Date
  /** What was changed, or what the change belonged to: `rules`, `bans`, `rollback`. */
  readonly what: string
  readonly who: string
  readonly door: string
  readonly why?: string | undefined
  /** How many there are of each kind of change. */
  readonly summary: Readonly<Record<string, number>>
}

/** A part of what was changed, as lines of a diff: `+` has come, `-` has gone, a blank was there before and after. */
export interface ShownChange {
  readonly heading: string
  readonly lines: readonly string[]
}

export interface ShownRevision extends RevisionHead {
  readonly changes: readonly ShownChange[]
  /** What cannot be undone, in a sentence each. */
  readonly irreversible: readonly string[]
  /** What others had changed and was put right: `+` had come, `-` had gone, `>` had moved. */
  readonly repaired: readonly string[]
}

/** What a rollback came to. */
export interface RolledBack {
  readonly to: number
  readonly revisions: readonly number[]
  /** What is not as it was, in a sentence each. */
  readonly left: readonly string[]
}

/** Whether what a revision has made is still so. */
export interface Verdict {
  readonly holds: boolean
  /** What is not, in a sentence each. */
  readonly differences: readonly string[]
}

/** Something that has happened, as it was told. */
export type WatchedEvent =
  | { readonly event: 'change'; readonly document: unknown; readonly revision: RevisionHead }
  | { readonly event: string; readonly document: unknown; readonly detail: string }

export interface HistoryAccess {
  /** The newest first. @param before only those before this one */
  list(most: number, before?: number): Promise<Reading<readonly RevisionHead[]>>
  show(number: number): Promise<Reading<ShownRevision>>
  diff(from: number, to: number | undefined): Promise<Reading<readonly ShownChange[]>>
  rollback(
    number: number,
    options: Pick<ApplyOptions, 'why' | 'force' | 'confirmWithin' | 'sender'>,
  ): Promise<Made<RolledBack>>
  verify(number: number): Promise<Reading<Verdict>>
  /** What happens from now on, or since a revision. Goes on after the connection was lost. */
  watch(after?: number): AsyncIterable<WatchedEvent>
}
