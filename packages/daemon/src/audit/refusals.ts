/** Refusals of one kind and from one address that have records of their own, in each minute. */
const EACH = 20
/** The same of somebody known: more than a program makes by mistake, and few enough that a log lasts for hours. */
export const EACH_OF_KNOWN = 600
const MINUTE = 60_000
/** Kinds and addresses that are counted at a time. */
const MOST_KINDS = 1_000

interface Count {
  began: number
  recorded: number
  /** Since the last record. */
  unrecorded: number
}

/**
 * Decides which refusals get a record of their own. A flood of them would push everything else out of the
 * log: after the first ones of each minute they are only counted, and the next record of their kind tells how many.
 */
export class Refusals {
  readonly #counts = new Map<string, Count>()

  /** @returns how many have come unrecorded since the last record; undefined where this one gets no record either */
  admit(kind: string, now: number, each = EACH): number | undefined {
    const count = this.#counts.get(kind) ?? { began: now, recorded: 0, unrecorded: 0 }
    this.#counts.delete(kind)
    this.#counts.set(kind, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MOST_KINDS && oldest !== undefined) this.#counts.delete(oldest)
    if (now - count.began >= MINUTE) Object.assign(count, { began: now, recorded: 0 })
    if (count.recorded >= each) {
      count.unrecorded++
      return undefined
    }
    count.recorded++
    const { unrecorded } = count
    count.unrecorded = 0
    return unrecorded
  }
}
