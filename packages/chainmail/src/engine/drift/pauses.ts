/** Milliseconds: the pause after the second repair in a row, and the longest. */
const SHORTEST = 1_000
const LONGEST = 300_000

/** Milliseconds without drift after which it all begins anew, and how many times the last pause it is at least. */
const QUIET = 60_000
const QUIET_PAUSES = 2

/**
 * How a repair keeps out of a fight: the first two come at once, and each further one in a row waits twice as long as
 * the one before, five minutes at most. A time of quiet lets it begin anew. Times are milliseconds of any steady clock.
 */
export class Pauses {
  #repairs = 0
  #last = Number.NEGATIVE_INFINITY

  /** How many repairs there were in a row. */
  get repairs(): number {
    return this.#repairs
  }

  /** How long the next repair has to wait. */
  left(now: number): number {
    if (now - this.#last > Math.max(QUIET, QUIET_PAUSES * this.#pause())) this.#repairs = 0
    return Math.max(0, this.#last + this.#pause() - now)
  }

  repaired(now: number): void {
    this.#repairs += 1
    this.#last = now
  }

  #pause(): number {
    return this.#repairs < 2 ? 0 : Math.min(LONGEST, SHORTEST * 2 ** (this.#repairs - 2))
  }
}
