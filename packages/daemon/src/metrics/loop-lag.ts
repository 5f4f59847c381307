import { performance } from 'node:perf_hooks'
import { Distribution } from 'chainmail'

/** Milliseconds. */
const EVERY = 100

/** Seconds. */
const bounds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** How late the event loop comes to what is due. */
export class LoopLag implements Disposable {
  readonly lag = new Distribution(bounds)
  readonly #timer: NodeJS.Timeout

  constructor() {
    let last = performance.now()
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.lag.observe(Math.max(0, now - last - EVERY) / 1_000)
      last = now
    }, EVERY).unref()
  }

  /** Seconds that the event loop was busy since the process started. */
  get busy(): number {
    return performance.eventLoopUtilization().active / 1_000
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
