import { ChainmailError, type ErrorCode, type ErrorDetails } from '../errors.ts'

/** A place in a text, both counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** The lines of a text, to find many places in it: one walk through the text, then a search for each. */
export class Lines {
  readonly #starts: readonly number[]

  constructor(text: string) {
    const starts = [0]
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
    this.#starts = starts
  }

  /** The place of an offset, counted from 0. */
  at(offset: number): Place {
    let first = 0
    let last = this.#starts.length - 1
    while (first < last) {
      const middle = (first + last + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) first = middle
      else last = middle - 1
    }
    return { line: first + 1, column: offset - (this.#starts[first] ?? 0) + 1 }
  }
}

/** What is wrong at an offset of a text. */
export function textError(
  code: ErrorCode,
  what: string,
  text: string,
  offset: number,
  details: ErrorDetails = {},
): ChainmailError {
  const place = new Lines(text).at(offset)
  return new ChainmailError(code, `line ${place.line}: ${what}`, { ...details, ...place })
}
