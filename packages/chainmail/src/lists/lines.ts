import { isUtf8 } from 'node:buffer'
import { ChainmailError } from '../errors.ts'
import { LineFault } from './line-fault.ts'
import type { ListSource } from './list.ts'

/** The longest line that is read, in bytes. What is longer is broken, and never held as a whole. */
export const LONGEST_LINE = 65_536

/** As much as is made text of at once: some thousand lines, in less than a millisecond. */
const WINDOW = 65_536

const TOO_LONG = new LineFault('bad-syntax', `The line is longer than ${LONGEST_LINE} bytes.`)

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Lines that follow each other, without their ends, or what is wrong with them. */
export interface LineBlock {
  /** The number of the first one, counted from 1. */
  readonly first: number
  readonly lines: readonly (string | LineFault)[]
}

/**
 * The lines of a text in UTF-8, in blocks, as they arrive. A line ends with LF or CRLF; a byte order mark is left out.
 *
 * @throws ChainmailError `bad-syntax` when the bytes are not text but UTF-16 or compressed
 */
export async function* lineBlocks(source: ListSource): AsyncGenerator<LineBlock, void> {
  const cutter = new LineCutter()
  for await (const piece of piecesOf(source)) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    for (let start = 0; start < bytes.length; start += WINDOW) {
      const block = cutter.cut(bytes.subarray(start, start + WINDOW))
      if (block !== undefined) yield block
    }
  }
  const last = cutter.end()
  if (last !== undefined) yield last
}

function piecesOf(source: ListSource): Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string> {
  return typeof source === 'string' || source instanceof Uint8Array ? [source] : source
}

/** Cuts bytes at the ends of lines and keeps what a piece leaves over. */
class LineCutter {
  #next = 1
  /** The beginning of a line whose end has not arrived, in pieces. */
  #rest: Uint8Array[] = []
  #restLength = 0
  /** Set while a line that is too long goes by. */
  #overlong = false
  #begun = false

  cut(bytes: Uint8Array): LineBlock | undefined {
    const end = bytes.lastIndexOf(LINE_FEED)
    if (end === -1) {
      this.#keep(bytes)
      return undefined
    }
    const block = this.#block(bytes.subarray(0, end))
    this.#keep(bytes.subarray(end + 1))
    return block
  }

  /** What stands behind the last line's end. */
  end(): LineBlock | undefined {
    return this.#restLength > 0 || this.#overlong ? this.#block(new Uint8Array()) : undefined
  }

  #keep(bytes: Uint8Array): void {
    if (this.#overlong || bytes.length === 0) return
    // A copy: a stream may use its buffer again, and a few bytes would keep all of it alive.
    this.#rest.push(Uint8Array.from(bytes))
    this.#restLength += bytes.length
    if (this.#restLength <= LONGEST_LINE) return
    this.#overlong = true
    this.#rest = []
    this.#restLength = 0
  }

  #block(bytes: Uint8Array): LineBlock {
    const end = bytes.indexOf(LINE_FEED)
    const firstLength = this.#restLength + (end === -1 ? bytes.length : end)
    const isTooLong = this.#overlong || firstLength > LONGEST_LINE
    const whole = isTooLong ? bytes.subarray(end + 1) : Buffer.concat([...this.#rest, bytes])
    this.#rest = []
    this.#restLength = 0
    this.#overlong = false
    if (!isTooLong) return this.#numbered(texts(this.#begun ? whole : this.#begin(whole)))
    this.#begun = true
    return this.#numbered([TOO_LONG, ...(end === -1 ? [] : texts(whole))])
  }

  #numbered(lines: readonly (string | LineFault)[]): LineBlock {
    const first = this.#next
    this.#next += lines.length
    return { first, lines }
  }

  #begin(bytes: Uint8Array): Uint8Array {
    this.#begun = true
    const [one = 0, two = 0, three = 0] = bytes
    if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff))
      throw new ChainmailError(
        'bad-syntax',
        'The list is in UTF-16; turn it into UTF-8 first: iconv -f UTF-16 -t UTF-8.',
      )
    if (one === 0x1f && two === 0x8b)
      throw new ChainmailError(
        'bad-syntax',
        'The list is compressed; unpack it first: gunzip -c FILE, and read that from standard input.',
      )
    return one === 0xef && two === 0xbb && three === 0xbf ? bytes.subarray(3) : bytes
  }
}

function texts(bytes: Uint8Array): readonly (string | LineFault)[] {
  if (!isUtf8(bytes)) return linesOf(bytes).map(textOf)
  const lines = decoded(bytes).split('\n')
  if (!bytes.includes(CARRIAGE_RETURN)) return lines
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

function textOf(line: Uint8Array): string | LineFault {
  if (!isUtf8(line)) return new LineFault('bad-syntax', 'The bytes are not UTF-8.')
  const end = line.at(-1) === CARRIAGE_RETURN ? -1 : undefined
  return decoded(line.subarray(0, end))
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  let start = 0
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return [...lines, bytes.subarray(start)]
}

function decoded({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString()
}
