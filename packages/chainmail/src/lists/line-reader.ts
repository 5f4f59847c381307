import type { EntryOptions } from '@chainmail/kernel'
import type { LineFault } from './line-fault.ts'

/** What a line says of an entry. */
export interface LineEntry {
  readonly element: string
  readonly options: EntryOptions
  /** Where the entry began, if on an earlier line. */
  readonly line?: number
}

/** Reads the lines of one format, in their order. */
export interface LineReader {
  /** The entry of a line, what is wrong with it, or nothing when it holds none by right. */
  read(text: string, line: number): LineEntry | LineFault | undefined
  /** What is wrong when the list ends here. */
  end?(): { readonly line: number; readonly fault: LineFault } | undefined
}

/** Most entries have no options, and share these. */
export const NO_OPTIONS: EntryOptions = Object.freeze({})
