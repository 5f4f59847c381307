/** Seconds of a minute, each counted by itself. */
const SECONDS = 60
const MOST_NAMES = 10_000

interface Counts {
  /** By the second, modulo a minute. */
  readonly seconds: Uint32Array
  /** The second that was counted last. */
  last: number
  sum: number
}

/** How many bans everybody has made in the last minute. */
export class BanPace {
  readonly #now: () => number
  readonly #counts = new Map<string, Counts>()

  /** @param now milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Counts one more, unless that were too many: then the seconds after which there is room again. */
  take(name: string, perMinute: number): number | undefined {
    const second = Math.floor(this.#now() / 1000)
    const counts = this.#of(name, second)
    forgetBefore(counts, second)
    if (counts.sum >= perMinute) return secondsUntilRoom(counts, second)
    counts.seconds[second % SECONDS] = (counts.seconds[second % SECONDS] ?? 0) + 1
    counts.sum++
    return undefined
  }

  #of(name: string, second: number): Counts {
    const known = this.#counts.get(name)
    if (known !== undefined) return known
    if (this.#counts.size >= MOST_NAMES)
      for (const [other, counts] of this.#counts)
        if (second - counts.last >= SECONDS) this.#counts.delete(other)
    const counts = { seconds: new Uint32Array(SECONDS), last: second, sum: 0 }
    this.#counts.set(name, counts)
    return counts
  }
}

/** Leaves out what lies more than a minute back. */
function forgetBefore(counts: Counts, second: number): void {
  const passed = Math.min(SECONDS, second - counts.last)
  for (let step = 1; step <= passed; step++) {
    const place = (counts.last + step) % SECONDS
    counts.sum -= counts.seconds[place] ?? 0
    counts.seconds[place] = 0
  }
  counts.last = second
}

function secondsUntilRoom({ seconds }: Counts, second: number): number {
  for (let ahead = 1; ahead < SECONDS; ahead++)
    if ((seconds[(second + ahead) % SECONDS] ?? 0) > 0) return ahead
  return SECONDS
}
