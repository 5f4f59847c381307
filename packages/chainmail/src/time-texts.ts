/** Times that are remembered. */
const MOST = 8

/**
 * Times as ISO 8601 writes them, in UTC. Changes that are made together share their times, so the latest are remembered: to
 * write one takes longer than to look for it.
 */
export class TimeTexts {
  readonly #texts = new Map<number, string>()

  /** @param time milliseconds since 1970 */
  textOf(time: number): string {
    const known = this.#texts.get(time)
    if (known !== undefined) return known
    if (this.#texts.size === MOST) this.#texts.clear()
    const text = new Date(time).toISOString()
    this.#texts.set(time, text)
    return text
  }
}
