/** Upper bounds of seconds, from a tenth of a millisecond to ten seconds. */
export const secondBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
]

/** Upper bounds of how many things were done together. */
export const sizeBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000]

/**
 * How often values of which size were seen, since the process started. Counting takes some nanoseconds and no memory, so
 * that it can stand on the hottest path; who wants to know reads it.
 */
export class Distribution {
  /** Each is the largest value of its counter; one more counter is for what is beyond. Ascending. */
  readonly bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let index = 0
    for (const bound of this.bounds) {
      if (value <= bound) break
      index++
    }
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += value
  }

  /** For each bound the values that were not above it, and behind them all there were. */
  cumulative(): number[] {
    let count = 0
    return this.#counts.map((own) => {
      count += own
      return count
    })
  }

  get count(): number {
    return this.#counts.reduce((total, own) => total + own, 0)
  }

  get sum(): number {
    return this.#sum
  }
}

/** What is known of commits of one kind. */
export class CommitFigures {
  /** Seconds until it was acknowledged. */
  readonly duration = new Distribution(secondBounds)
  /** How many changes it had. */
  readonly size = new Distribution(sizeBounds)

  /** @param began of `performance.now()` */
  committed(size: number, began: number): void {
    this.duration.observe((performance.now() - began) / 1_000)
    this.size.observe(size)
  }
}
