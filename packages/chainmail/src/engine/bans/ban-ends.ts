import type { EndedBan, FirewallEvents } from '../events.ts'

/** One entry of the sets of bans. */
export interface EndingBan {
  readonly address: string
  /** In one word: `everything`, `tcp:22`. */
  readonly scope: string
  readonly reason?: string | undefined
  /** Milliseconds since 1970; one without end never comes. */
  readonly until: number | undefined
}

export interface BanEndsParts<Ban> {
  readonly events: FirewallEvents
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly onEnd?: (ban: Ban) => void
}

/** Bans that one event names; the others of the same moment are counted. */
const MOST_NAMED = 100

/** Of those that are gone, at which the heap is made anew without them. */
const MOST_GONE = 1_000

/** Milliseconds: Node's timers go to 2^31. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Milliseconds: bans that end within such a time are told together. */
const TOGETHER = 100

/**
 * Tells those that watch when bans have come to their end. The kernel takes them out by itself and tells nobody, so
 * whoever makes bans notes them here, the earliest end in front of a heap: a million of them cost some 8 MB and one timer.
 */
export class BanEnds<Ban extends EndingBan> implements Disposable {
  readonly #events: FirewallEvents
  readonly #now: () => number
  readonly #onEnd: (ban: Ban) => void
  /** A binary heap: each ends no later than the two at twice its place. */
  #heap: Ban[] = []
  /** Those of the heap that were taken back or renewed. */
  readonly #gone = new Set<Ban>()
  #timer: NodeJS.Timeout | undefined
  #timerEnd = Infinity
  /** What ends up to here was told, and is in the heap no more. */
  #toldUntil = 0

  constructor({ events, now = Date.now, onEnd = () => undefined }: BanEndsParts<Ban>) {
    this.#events = events
    this.#now = now
    this.#onEnd = onEnd
  }

  /** A ban was made. */
  expect(ban: Ban): void {
    // One that was taken back a moment ago, and now is not, is in the heap still.
    if (ban.until === undefined || ban.until <= this.#now() || this.#gone.delete(ban)) return
    this.#push(ban)
    this.#arm()
  }

  /** A ban was taken back, or another one is in its place. */
  forget(ban: Ban): void {
    if (ban.until === undefined || ban.until <= this.#toldUntil) return
    this.#gone.add(ban)
    if (this.#gone.size < MOST_GONE || this.#gone.size * 2 < this.#heap.length) return
    const left = this.#heap.filter((one) => !this.#gone.has(one))
    this.#gone.clear()
    // A list that is sorted is a heap.
    this.#heap = left.toSorted((one, other) => endOf(one) - endOf(other))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#heap = []
  }

  #arm(): void {
    const end = this.#heap[0]?.until
    if (end === undefined || end >= this.#timerEnd) return
    clearTimeout(this.#timer)
    this.#timerEnd = end
    const wait = Math.min(LONGEST_TIMER, Math.max(0, end - this.#now()) + TOGETHER)
    this.#timer = setTimeout(() => this.#tell(), wait).unref()
  }

  #tell(): void {
    this.#timerEnd = Infinity
    const now = this.#now()
    this.#toldUntil = now
    const named: EndedBan[] = []
    let count = 0
    for (let [first] = this.#heap; first?.until !== undefined && first.until <= now; [first] = this.#heap) {
      this.#pop()
      if (this.#gone.delete(first)) continue
      this.#onEnd(first)
      count++
      if (named.length < MOST_NAMED) named.push(endedBan(first))
    }
    if (count > 0) {
      const detail = count === 1 ? sentenceOf(named[0]) : `${count} bans have ended.`
      this.#events.emit({ kind: 'expiry', at: now, detail, count, bans: named })
    }
    this.#arm()
  }

  #push(ban: Ban): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || endOf(parent) <= endOf(ban)) break
      heap[place] = parent
      place = above
    }
    heap[place] = ban
  }

  /** Takes the first one out. */
  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const right = left + 1
      const [one, other] = [heap[left], heap[right]]
      const isRight = one !== undefined && other !== undefined && endOf(other) < endOf(one)
      const below = isRight ? other : one
      if (below === undefined || endOf(below) >= endOf(last)) break
      heap[place] = below
      place = isRight ? right : left
    }
    heap[place] = last
  }
}

function endOf({ until = Infinity }: EndingBan): number {
  return until
}

function endedBan({ address, scope, reason }: EndingBan): EndedBan {
  return reason === undefined ? { address, scope } : { address, scope, reason }
}

function sentenceOf({ address, scope, reason }: EndedBan = { address: '', scope: '' }): string {
  const where = scope === 'everything' ? '' : ` from ${scope}`
  return `The ban of ${address}${where} has ended${reason === undefined ? '' : ` (${reason})`}.`
}
