import type { EntryOptions, SetFamily } from '@chainmail/kernel'
import type { ErrorCode } from '../errors.ts'

/** The forms that a list can have; see {@link ListOptions.format}. */
export const listFormats = ['plain', 'csv', 'json', 'ipset'] as const
export type ListFormat = (typeof listFormats)[number]

/** What a list is read from: bytes or text in pieces of any size. */
export type ListSource =
  | string
  | Uint8Array
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>

/** One entry of a list. */
export interface ListEntry {
  /** The line that it stands on, or begins on, counted from 1. */
  readonly line: number
  /** In ipset's words: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`, `2001:db8::1,tcp:80`. */
  readonly element: string
  /** What the list tells of the entry besides, such as its timeout. */
  readonly options: EntryOptions
}

/** A line that holds no entry although it should. */
export interface BrokenLine {
  /** Counted from 1. */
  readonly line: number
  readonly code: ErrorCode
  /** One sentence that says what is wrong with it, without the number of the line. */
  readonly message: string
}

export interface ListOptions {
  /**
   * The form of the list; guessed from its first lines if not said.
   *
   * - `plain`: an entry a line, as it would stand behind `ipset add NAME`. `#` and `;` begin a comment, at the
   *   beginning of a line, behind a blank, and in lists of addresses directly behind an address too.
   * - `csv`: one column of a table (RFC 4180; separated by commas, semicolons or tabs). Lines that begin with `#`
   *   are comments.
   * - `json`: a JSON value a line: the entry as a string, or an object that has it as a member.
   * - `ipset`: what `ipset save` prints.
   */
  readonly format?: ListFormat | undefined
  /**
   * Where the entry is: the name of a CSV column or its number from 1, the name of a JSON member (`a.b` for a member
   * of a member), or of `ipset save` the name of the set. If not said, what is named like an address; else the first
   * column that holds one; else the first set.
   */
  readonly column?: string | number | undefined
  /** The type of set that the entries are for, `hash:net` if not said. What its entries cannot be is broken. */
  readonly type?: string | undefined
  /** The family of the set: addresses of the other one are broken. If not said, both are taken. */
  readonly family?: SetFamily | undefined
  /** Whether a broken line ends the reading with an error (`stop`, which is the default) or is left out (`skip`). */
  readonly onBroken?: 'skip' | 'stop' | undefined
  /** Told of each broken line that is left out. */
  readonly reportBroken?: ((broken: BrokenLine) => void) | undefined
}
