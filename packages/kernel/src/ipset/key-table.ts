import { Pace } from '../pace.ts'

/** The marks that a key can have. */
export const OLD = 1
export const NEW = 2
const PRESENT = 4

/** By the first bits of a key's hash, so that no part's growth takes long. */
const partCount = 256

interface Part {
  /** Two numbers for each slot. */
  keys: Uint32Array
  /** 0 is a free slot. */
  marks: Uint8Array
  count: number
}

/**
 * Keys of two 32-bit numbers, each with marks: some 20 bytes a key. Millions of keys are no strain on the garbage
 * collector, and adding one never takes longer than a millisecond.
 */
export class KeyTable {
  readonly #parts: Part[] = Array.from({ length: partCount }, () => emptyPart(16))
  /** How many keys have each combination of marks. */
  readonly #counts = new Float64Array(2 * PRESENT)
  /** Otherwise whoever chooses the keys could have all of them in one place. */
  readonly #seed = (Math.random() * 0x1_0000_0000) >>> 0

  /** Makes room for so many keys beforehand, with room for other events in between. */
  async reserve(keys: number): Promise<void> {
    const pace = new Pace()
    const slots = 2 ** Math.ceil(Math.log2((1.4 * keys) / partCount + 1))
    for (const [index, part] of this.#parts.entries()) {
      if (slots > part.marks.length) this.#parts[index] = this.#moved(part, slots)
      await pace.step()
    }
  }

  /** Adds a mark to a key. */
  mark(high: number, low: number, mark: number): void {
    const hash = this.#hash(high, low)
    const index = hash >>> 24
    const part = this.#parts[index]
    if (part === undefined) return
    const slot = slotOf(part, hash, high, low)
    const before = part.marks[slot] ?? 0
    const after = before | PRESENT | mark
    if (after === before) return
    part.marks[slot] = after
    this.#recount(before, after)
    if (before !== 0) return
    part.keys[2 * slot] = high
    part.keys[2 * slot + 1] = low
    part.count++
    if (4 * part.count > 3 * part.marks.length) this.#parts[index] = this.#moved(part, 2 * part.marks.length)
  }

  /** Takes a mark from all keys. */
  clear(mark: number): void {
    for (const { marks } of this.#parts)
      for (let slot = 0; slot < marks.length; slot++) {
        const before = marks[slot] ?? 0
        if ((before & mark) === 0) continue
        marks[slot] = before & ~mark
        this.#recount(before, before & ~mark)
      }
  }

  /** How many keys have exactly these marks. */
  count(marks: number): number {
    return this.#counts[PRESENT | marks] ?? 0
  }

  #recount(before: number, after: number): void {
    this.#counts[before] = (this.#counts[before] ?? 0) - 1
    this.#counts[after] = (this.#counts[after] ?? 0) + 1
  }

  #moved({ keys, marks, count }: Part, slots: number): Part {
    const grown = emptyPart(slots)
    for (let slot = 0; slot < marks.length; slot++) {
      const mark = marks[slot] ?? 0
      if (mark === 0) continue
      const high = keys[2 * slot] ?? 0
      const low = keys[2 * slot + 1] ?? 0
      const place = slotOf(grown, this.#hash(high, low), high, low)
      grown.keys[2 * place] = high
      grown.keys[2 * place + 1] = low
      grown.marks[place] = mark
    }
    grown.count = count
    return grown
  }

  #hash(high: number, low: number): number {
    let hash = Math.imul(high ^ this.#seed, 0x9e3779b1) ^ Math.imul(low + 0x7f4a7c15, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
    return (hash ^ (hash >>> 13)) >>> 0
  }
}

function emptyPart(slots: number): Part {
  return { keys: new Uint32Array(2 * slots), marks: new Uint8Array(slots), count: 0 }
}

/** The slot that holds the key, or the free one where it belongs. */
function slotOf({ keys, marks }: Part, hash: number, high: number, low: number): number {
  const mask = marks.length - 1
  let slot = hash & mask
  while (marks[slot] !== 0 && (keys[2 * slot] !== high || keys[2 * slot + 1] !== low))
    slot = (slot + 1) & mask
  return slot
}
