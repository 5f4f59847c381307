/** Random numbers that a seed makes again: mulberry32, by Tommy Ettinger, public domain. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }

  /** Whether one of so many chances comes. */
  oneIn(chances: number): boolean {
    return this.below(chances) === 0
  }

  /** Another row of numbers, which does not depend on how many are taken from this one. */
  branch(): Random {
    return new Random(this.below(2 ** 32))
  }
}
