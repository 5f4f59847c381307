import type { SetEntry } from './entry-options.ts'

const DOT = 0x2e
const SLASH = 0x2f
const ZERO = 0x30

/** `255.255.255.255/32` */
const longest = 18
/** In characters; the kernel's messages have at most 32 KiB, 1,365 addresses. */
const capacity = 32 * 1024

/**
 * The texts of the IPv4 addresses of a whole message: written as characters into one buffer, made one string, and cut.
 * Putting a million texts together from their octets takes three times as long.
 */
export class TextBatch {
  readonly #characters = Buffer.alloc(capacity)
  readonly #entries: SetEntry[] = []
  readonly #ends = new Int32Array(capacity)
  #count = 0
  #position = 0

  /** Forgets what a message that could not be read to its end has left. */
  begin(): void {
    this.#count = 0
    this.#position = 0
  }

  /** Notes the text of the 4 bytes at `offset`, with a prefix when it is shorter than 32, as an entry's element. */
  add(entry: SetEntry, bytes: Uint8Array, offset: number, prefix: number): void {
    if (this.#position + longest > capacity || this.#count === capacity) this.finish()
    const characters = this.#characters
    let position = writeNumber(characters, this.#position, bytes[offset] ?? 0)
    characters[position] = DOT
    position = writeNumber(characters, position + 1, bytes[offset + 1] ?? 0)
    characters[position] = DOT
    position = writeNumber(characters, position + 1, bytes[offset + 2] ?? 0)
    characters[position] = DOT
    position = writeNumber(characters, position + 1, bytes[offset + 3] ?? 0)
    if (prefix !== 32) {
      characters[position] = SLASH
      position = writeNumber(characters, position + 1, prefix)
    }
    this.#position = position
    this.#entries[this.#count] = entry
    this.#ends[this.#count++] = position
  }

  /** Gives the noted entries their elements. */
  finish(): void {
    if (this.#count === 0) return
    const text = this.#characters.toString('latin1', 0, this.#position)
    let start = 0
    for (let index = 0; index < this.#count; index++) {
      const entry = this.#entries[index]
      const end = this.#ends[index] ?? start
      if (entry !== undefined) entry.element = text.substring(start, end)
      start = end
    }
    this.#entries.length = 0
    this.begin()
  }
}

/** Writes 0 to 255 in decimal at `position`, and returns the position behind it. */
function writeNumber(characters: Uint8Array, position: number, value: number): number {
  let at = position
  let rest = value
  if (value > 99) {
    const hundreds = value > 199 ? 2 : 1
    characters[at++] = ZERO + hundreds
    rest -= 100 * hundreds
  }
  const tens = (rest * 205) >> 11
  if (value > 9) characters[at++] = ZERO + tens
  characters[at] = ZERO + rest - 10 * tens
  return at + 1
}
