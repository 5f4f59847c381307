import type { EntryRequest, SetEntry } from 'chainmail'
import type { Reading } from './access.ts'

/** What a set was created with, in ipset's words. */
export type SetOptionValues = Readonly<Record<string, string | number | boolean>>

/** A set without its entries. */
export interface SetFacts {
  readonly name: string
  /** Such as `hash:net`. */
  readonly type: string
  readonly options: SetOptionValues
  readonly entries: number
  /** How many rules and lists refer to it. */
  readonly references: number
  /** Bytes of the kernel's memory. */
  readonly memory: number
}

/** An entry that was not taken. */
export interface RefusedEntry {
  /** Which of those that were sent, counted from 0. */
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface BulkOutcome {
  readonly accepted: number
  readonly refused: number
  /** The first of those that were refused. */
  readonly examples: readonly RefusedEntry[]
}

/** What is known of entries before they have come. */
export interface ExpectedSize {
  /** About how many there are: the hash of the set is made for so many beforehand. */
  readonly expected?: number
}

/** How many refused entries are told of one by one. */
export const EXAMPLES = 100

/** How the content of a set changed by a replacement. */
export interface Replacement {
  readonly added: number
  readonly kept: number
  readonly removed: number
}

/** What the commands need of sets. Each throws a Refusal with the code of the library, the kernel or the daemon. */
export interface SetsAccess {
  list(): Promise<Reading<readonly SetFacts[]>>
  describe(name: string): Promise<Reading<SetFacts>>
  entries(name: string): AsyncIterable<SetEntry>
  create(name: string, type: string, options: SetOptionValues): Promise<void>
  destroy(name: string): Promise<void>
  flush(name: string): Promise<void>
  swap(name: string, other: string): Promise<void>
  rename(name: string, newName: string): Promise<void>
  /** Adds entries; those that are there get timeout, counters and comment anew. */
  add(name: string, entries: AsyncIterable<EntryRequest>, size?: ExpectedSize): Promise<BulkOutcome>
  delete(name: string, entries: AsyncIterable<EntryRequest>): Promise<BulkOutcome>
  /** Makes the set hold exactly these entries, in one step for a packet. */
  replace(name: string, entries: AsyncIterable<EntryRequest>, size?: ExpectedSize): Promise<Replacement>
  test(name: string, element: string): Promise<boolean>
}
