import type { SeeingAccess } from '../access/seeing.ts'
import { busiestRules, busiestSets, figuresOf, type Reading } from './figures.ts'
import type { TopView } from './view.ts'

export interface SamplerOptions {
  readonly seeing: SeeingAccess
  /** Milliseconds, of any beginning. */
  readonly now?: () => number
}

/** Rules, sets and changes that are shown. */
const MOST_BUSY = 8
const NEWEST = 8

/** Of the time, reading packets and bytes takes at most one part in so many: it is work that grows with the rules. */
const COUNTING_PART = 10

/** Reads a daemon again and again, and tells what goes on in between. */
export class Sampler {
  readonly #seeing: SeeingAccess
  readonly #now: () => number
  #last: Reading | undefined
  #counted: Reading | undefined
  #countedAgainAt = 0
  #busy: Pick<TopView, 'rules' | 'sets'> = { rules: [], sets: [] }

  constructor({ seeing, now = () => performance.now() }: SamplerOptions) {
    this.#seeing = seeing
    this.#now = now
  }

  /**
   * @param counted whether packets are wanted however long it takes to count them
   * @returns undefined at the first time, from which on is counted
   */
  async sample(counted = false): Promise<TopView | undefined> {
    const began = this.#now()
    const counts = counted || began >= this.#countedAgainAt
    const metrics = await this.#seeing.metrics(counts)
    const at = this.#now()
    const [before, after] = [this.#last, { at, metrics }]
    this.#last = after
    if (counts) {
      if (this.#counted !== undefined)
        this.#busy = {
          rules: busiestRules(this.#counted, after, MOST_BUSY),
          sets: busiestSets(this.#counted, after, MOST_BUSY),
        }
      this.#counted = after
      this.#countedAgainAt = began + (at - began) * COUNTING_PART
    }
    if (before === undefined) return undefined
    const newest = await this.#seeing.newestBans(NEWEST)
    return { figures: figuresOf(before, after), ...this.#busy, newest }
  }

  /** Forgets what was read: the daemon may be another one. */
  reset(): void {
    this.#last = undefined
    this.#counted = undefined
    this.#countedAgainAt = 0
    this.#busy = { rules: [], sets: [] }
  }
}
