import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'

/** Milliseconds between two looks at how busy the event loop was. */
const LOOKED_EVERY = 200

/** Parts of that time from which on it is busy, and up to which it is calm. */
const BUSY = 0.5
const CALM = 0.2

/** Looks in a row that find it calm before there is nothing to do. */
const CALM_LOOKS = 10

/** Sets a flag of V8. */
export type SetFlag = (flag: string) => void

/**
 * Lets the heap grow in large steps while there is much to do, and in small ones otherwise.
 *
 * In small steps (V8's `--optimize-for-size`) half of the memory is enough for the same bans; under load the collector then
 * runs all the time: a ban takes twice as long, and so does a start with many bans, which therefore is in large steps.
 * V8 looks at the flag whenever it decides how far the heap may grow, so that it can change while it runs.
 */
export class HeapGrowth implements Disposable {
  readonly #set: SetFlag
  readonly #timer: NodeJS.Timeout
  #isRoomy = true
  #calmLooks = 0

  constructor(set: SetFlag = setFlagsFromString) {
    this.#set = set
    let before = performance.eventLoopUtilization()
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization()
      this.look(performance.eventLoopUtilization(now, before).utilization)
      before = now
    }, LOOKED_EVERY).unref()
  }

  /** @param utilization from 0 to 1, of the time since the last look */
  look(utilization: number): void {
    this.#calmLooks = utilization <= CALM ? this.#calmLooks + 1 : 0
    if (!this.#isRoomy && utilization >= BUSY) {
      this.#isRoomy = true
      this.#set('--no-optimize-for-size')
    } else if (this.#isRoomy && this.#calmLooks >= CALM_LOOKS) {
      this.#isRoomy = false
      this.#set('--optimize-for-size')
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
