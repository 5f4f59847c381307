import { Pace } from '../pace.ts'

/** By the first bits of a key's hash: what is compared at a time fits the processor's cache, and takes a millisecond. */
const partCount = 256

/** Keys that a part has room for at first. */
const smallest = 16

/** What two piles have in common; a key that lies in a pile twice counts once. */
export interface PileDifference {
  readonly onlyFirst: number
  readonly both: number
  readonly onlySecond: number
}

/** Keys of two 32-bit numbers in two piles, to be compared in the end: 8 bytes a key and pile. */
export class KeyPiles {
  readonly #table = new KeyTable()
  readonly #piles = [new Pile(this.#table), new Pile(this.#table)] as const

  /** Puts a key on a pile. */
  add(pile: 0 | 1, high: number, low: number): void {
    this.#piles[pile].add(high, low)
  }

  /** Takes a whole pile away. */
  clear(pile: 0 | 1): void {
    this.#piles[pile].clear()
  }

  /** Compares the piles, with room for other events in between. */
  async compare(): Promise<PileDifference> {
    const pace = new Pace()
    const [first, second] = this.#piles
    let onlyFirst = 0
    let both = 0
    let onlySecond = 0
    for (let part = 0; part < partCount; part++) {
      this.#table.clear(first.count(part) + second.count(part))
      onlyFirst += first.mark(part, FIRST, 0)
      const shared = second.mark(part, SECOND, FIRST)
      both += shared
      onlyFirst -= shared
      onlySecond += this.#table.size
      await pace.step()
    }
    return { onlyFirst, both, onlySecond: onlySecond - onlyFirst - both }
  }
}

/** The piles in which a key of a table was found. */
const FIRST = 1
const SECOND = 2

/** Keys by parts, each part's one behind another: unlike in a table, what is added goes where the processor has just written. */
class Pile {
  readonly #table: KeyTable
  /** Two numbers for each key. */
  readonly #parts: Uint32Array[] = Array.from({ length: partCount }, () => new Uint32Array(2 * smallest))
  readonly #counts = new Uint32Array(partCount)

  constructor(table: KeyTable) {
    this.#table = table
  }

  add(high: number, low: number): void {
    const part = this.#table.hash(high, low) >>> 24
    const keys = this.#keys(part)
    const count = this.count(part)
    keys[2 * count] = high
    keys[2 * count + 1] = low
    this.#counts[part] = count + 1
    if (2 * count + 2 === keys.length) this.#makeRoom(part, keys)
  }

  count(part: number): number {
    return this.#counts[part] ?? 0
  }

  clear(): void {
    this.#counts.fill(0)
  }

  /** Marks the keys of a part in the table. Returns how many of them had just the marks `before`. */
  mark(part: number, mark: number, before: number): number {
    const keys = this.#keys(part)
    const end = 2 * this.count(part)
    let found = 0
    for (let at = 0; at < end; at += 2)
      if (this.#table.mark(keys[at] ?? 0, keys[at + 1] ?? 0, mark) === before) found++
    return found
  }

  /** Throws away what lies there twice, so that repeating the same for ever takes no more room. */
  #makeRoom(part: number, keys: Uint32Array): void {
    this.#table.clear(keys.length / 2)
    let kept = 0
    for (let at = 0; at < keys.length; at += 2) {
      const high = keys[at] ?? 0
      const low = keys[at + 1] ?? 0
      if (this.#table.mark(high, low, FIRST) !== 0) continue
      keys[kept++] = high
      keys[kept++] = low
    }
    this.#counts[part] = kept / 2
    if (2 * kept <= keys.length) return
    const grown = new Uint32Array(2 * keys.length)
    grown.set(keys)
    this.#parts[part] = grown
  }

  #keys(part: number): Uint32Array {
    return this.#parts[part] ?? none
  }
}

const none = new Uint32Array(0)

/** A hash table of the keys of one part, which is used again for the next. */
class KeyTable {
  size = 0
  #keys = new Uint32Array(0)
  /** 0 is a free slot. */
  #marks = new Uint8Array(0)
  #mask = 0
  /** Otherwise whoever chooses the keys could have all of them in one place. */
  readonly #seed = (Math.random() * 0x1_0000_0000) >>> 0

  /** Empties the table, and makes room for so many keys. */
  clear(keys: number): void {
    const slots = 2 ** Math.ceil(Math.log2(1.5 * keys + 1))
    this.size = 0
    this.#mask = slots - 1
    if (slots > this.#marks.length) {
      this.#keys = new Uint32Array(2 * slots)
      this.#marks = new Uint8Array(slots)
    } else this.#marks.fill(0, 0, slots)
  }

  /** Adds a mark to a key. Returns the marks that it had. */
  mark(high: number, low: number, mark: number): number {
    const keys = this.#keys
    const marks = this.#marks
    let slot = this.hash(high, low) & this.#mask
    while (marks[slot] !== 0 && (keys[2 * slot] !== high || keys[2 * slot + 1] !== low))
      slot = (slot + 1) & this.#mask
    const before = marks[slot] ?? 0
    marks[slot] = before | mark
    if (before !== 0) return before
    keys[2 * slot] = high
    keys[2 * slot + 1] = low
    this.size++
    return 0
  }

  hash(high: number, low: number): number {
    let hash = Math.imul(high ^ this.#seed, 0x9e3779b1) ^ Math.imul(low + 0x7f4a7c15, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
    return (hash ^ (hash >>> 13)) >>> 0
  }
}
