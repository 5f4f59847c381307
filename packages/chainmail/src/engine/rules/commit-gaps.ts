/** Milliseconds for which commits may follow each other without a gap, at least. */
const STREAK = 250

/** How many times a gap they may, so that at most a fifth of the time goes into gaps. */
const STREAK_GAPS = 4

/** A gap is this many times what a reading takes: a reader begins anew when it finds that a commit has come between. */
const GAP_READINGS = 1.5

/** Milliseconds. */
const SHORTEST = 10
const LONGEST = 500

/**
 * When a writer that is never idle pauses, so that others can read beside it.
 *
 * On the nft backend iptables-save and nft begin anew whenever a commit lands while they read, and would never come to
 * an end. So commits that have followed each other for a while leave a gap as long as a reading takes; what waits in it
 * goes into the next commit together. Who commits now and then never waits: the time between is gap enough. Times are
 * milliseconds of any steady clock.
 */
export class CommitGaps {
  /** When the commits began that have followed each other since. */
  #since = Number.NEGATIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  /**
   * How long to wait before the next commit.
   * @param reading how long a reading takes
   */
  before(now: number, reading: number): number {
    const gap = Math.min(LONGEST, Math.max(SHORTEST, GAP_READINGS * reading))
    if (now - this.#last >= gap) this.#since = now
    if (now - this.#since <= Math.max(STREAK, STREAK_GAPS * gap)) return 0
    this.#since = now + gap
    return gap
  }

  /** A commit has ended. */
  committed(now: number): void {
    this.#last = now
  }
}
