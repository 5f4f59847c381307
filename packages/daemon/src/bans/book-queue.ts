import { setImmediate as nextTurn } from 'node:timers/promises'
import { originKey } from '../history/ban-recorder.ts'
import type { BanRequest, BookRequest, UnbanRequest } from './ban-request.ts'

/** Bans that are made without a pause, which takes some milliseconds; taking one back takes as long as four. */
const TURN_SIZE = 128
const UNBAN_WEIGHT = 4

/**
 * What is asked of the book of bans, in turn. What arrives while a turn lasts is done in the next one together, up to what
 * one has time for; no timer and no delay.
 */
export class BookQueue {
  readonly #perform: (group: readonly (BanRequest | UnbanRequest)[]) => Promise<void>
  #waiting: BookRequest[] = []
  #scheduled = false

  /** @param perform does what is asked for together; when it throws, all of it is refused with that */
  constructor(perform: (group: readonly (BanRequest | UnbanRequest)[]) => Promise<void>) {
    this.#perform = perform
  }

  add(request: BookRequest): void {
    this.#waiting.push(request)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => void this.#flush())
  }

  /** Does some work when everything that was asked for before is done, and nothing of the book beside it. */
  alone(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({ do: 'alone', work: () => work().then(resolve), reject })
    })
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting
      const group = this.#takeGroup()
      try {
        if (first?.do !== 'alone') await this.#perform(group)
        else {
          this.#waiting.shift()
          await first.work()
        }
      } catch (error) {
        for (const { reject } of first?.do === 'alone' ? [first] : group) reject(error)
      }
      if (this.#waiting.length > 0) await nextTurn()
    }
    this.#scheduled = false
  }

  /** What waits, up to what is done alone and to what one turn has time for; none where that is the first. */
  #takeGroup(): (BanRequest | UnbanRequest)[] {
    const group: (BanRequest | UnbanRequest)[] = []
    let size = 0
    for (const request of this.#waiting) {
      if (request.do === 'alone' || size >= TURN_SIZE) break
      group.push(request)
      size += request.wishes.length * (request.do === 'unban' ? UNBAN_WEIGHT : 1)
    }
    this.#waiting.splice(0, group.length)
    return group
  }
}

/** Wishes in parts of which each takes a turn. */
export function turnsOf<Item>(items: readonly Item[], verb: 'ban' | 'unban'): (readonly Item[])[] {
  const size = verb === 'ban' ? TURN_SIZE : TURN_SIZE / UNBAN_WEIGHT
  const parts: (readonly Item[])[] = []
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size))
  return parts
}

/** Bans that one and the same has asked for together without a condition, and other requests, in their order. */
export function* inRuns(
  group: readonly (BanRequest | UnbanRequest)[],
): Generator<BanRequest[] | UnbanRequest> {
  let bans: BanRequest[] = []
  let key = ''
  for (const request of group) {
    if (request.do === 'ban') {
      // What a condition looks at is what those before have left.
      const own = request.check === undefined ? originKey(request.origin) : ''
      if (bans.length > 0 && (own !== key || own === '')) {
        yield bans
        bans = []
      }
      key = own
      bans.push(request)
      continue
    }
    if (bans.length > 0) yield bans
    bans = []
    if (request.do === 'unban') yield request
  }
  if (bans.length > 0) yield bans
}
