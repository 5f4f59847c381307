import { setImmediate } from 'node:timers/promises'

/** Milliseconds; two such jobs at the same time still leave the event loop every 5 ms. */
const SLICE = 2

/** The steps of a long job, with room for everything else between them. */
export class Pace {
  #began = performance.now()

  /** Lets the event loop turn if this job has held it for long enough. Called every few hundred microseconds. */
  async step(): Promise<void> {
    if (performance.now() - this.#began < SLICE) return
    await setImmediate()
    this.#began = performance.now()
  }
}
