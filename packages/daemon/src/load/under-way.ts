import { TooMany } from '../identity/too-many.ts'
import type { LoadLimits } from './limits.ts'

/** So few changes are no queue, however long one of them takes: a large set is filled for seconds. */
const FEW = 16
/** Reads under way; their answers are what memory is needed for. */
const READS = 5_000
/** Seconds, the longest that somebody is told to wait. */
const LONGEST_RETRY = 60

/** A request that was let in. */
export interface Admitted {
  /** Its body arrives as it comes, so that it says nothing of how long a change takes. */
  readonly isStream: boolean
}

/**
 * Counts what is under way, and refuses more than there is room for: what waits is memory, and who is refused at once
 * knows more than who waits without an end. Reads and changes are counted apart, so that reads go on.
 */
export class RequestsUnderWay {
  readonly #limits: Pick<LoadLimits, 'changes' | 'wait'>
  readonly #now: () => number
  /** When each has come, in that order. */
  readonly #changes = new Map<Admitted, number>()
  #reads = 0

  /** @param now milliseconds, of any beginning */
  constructor(limits: Pick<LoadLimits, 'changes' | 'wait'>, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
  }

  /** @throws TooMany `too-busy` */
  beginChange(change: Admitted): void {
    const { changes, wait } = this.#limits
    const now = this.#now()
    const underWay = this.#changes.size
    if (underWay >= FEW || underWay >= changes) {
      const oldest = this.#oldestWait(now)
      if (underWay >= changes || oldest > wait) throw tooBusy(`${underWay} changes are under way`, oldest)
    }
    this.#changes.set(change, now)
  }

  endChange(change: Admitted): void {
    this.#changes.delete(change)
  }

  /** @throws TooMany `too-busy` */
  beginRead(): void {
    if (this.#reads >= READS) throw tooBusy(`${this.#reads} reads are under way`, 0)
    this.#reads++
  }

  endRead(): void {
    this.#reads--
  }

  /** Seconds. */
  #oldestWait(now: number): number {
    for (const [{ isStream }, since] of this.#changes) if (!isStream) return (now - since) / 1_000
    return 0
  }
}

/** What has come first has waited so long: so long it takes until there is room. */
function tooBusy(what: string, waited: number): TooMany {
  return new TooMany(
    'too-busy',
    `${what}, and the daemon takes no more.`,
    Math.min(LONGEST_RETRY, Math.ceil(waited)),
  )
}
