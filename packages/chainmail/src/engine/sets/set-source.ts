import type { BulkError, EntryInput, EntryStream } from '@chainmail/kernel'

/** Entries at hand, or as they come. */
export type EntrySource = Iterable<EntryInput> | AsyncIterable<EntryInput>

/** An entry that was not taken, and why; the others were. */
export interface EntryFailure {
  /** Its place among the entries that were given, counted from 0. */
  readonly index: number
  readonly element: string
  /** Such as `bad-element`, `set-family-mismatch`, `set-full`, `entry-not-found`. */
  readonly code: string
  readonly message: string
}

/** How many entries a source has, or undefined where only its end will tell. */
export function countOf(source: EntrySource): number | undefined {
  if (Array.isArray(source)) return source.length
  return source instanceof Set ? source.size : undefined
}

/** Sends all entries of a source. */
export async function pour(source: EntrySource, stream: EntryStream): Promise<void> {
  if (Symbol.asyncIterator in source) {
    for await (const entry of source) if (stream.append(entry)) await stream.room()
  } else {
    for (const entry of source) if (stream.append(entry)) await stream.room()
  }
  await stream.flush()
}

export function failureOf(error: BulkError, entry: EntryInput | undefined): EntryFailure {
  const { code, message, line = 0 } = error
  return { index: line, element: (typeof entry === 'string' ? entry : entry?.element) ?? '', code, message }
}
