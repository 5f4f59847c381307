import { setTimeout } from 'node:timers/promises'
import { sourceOf } from './source.ts'
import { TooMany } from './too-many.ts'

export interface LoginPaceOptions {
  /** Failed logins after which an address is banned; 0 for never. */
  readonly failures: () => number
  /** Never throws. */
  readonly ban: (address: string, failures: number) => void
  /** Milliseconds. */
  readonly now?: () => number
  /** Resolves after some milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<void>
}

/** What is known of where failed logins came from. Times are milliseconds. */
interface Source {
  /** What the delay comes from: no more than the free ones after one that was right. */
  failures: number
  /** Within the memory, whatever was right between. */
  total: number
  lastFailure: number
  /** When the next attempt is looked at. */
  nextAt: number
  waiting: number
}

/** Mistakes that cost nothing. */
const FREE = 2
/** Milliseconds after the first that does; it doubles with each. */
const FIRST_DELAY = 250
const LONGEST_DELAY = 8_000
/** Milliseconds after which a source is forgotten that fails no more. */
const MEMORY = 15 * 60_000
const MOST_SOURCES = 10_000
/** Attempts that wait at a time: of one source, and of all. */
const MOST_WAITING_OF_SOURCE = 4
const MOST_WAITING = 1_000

/**
 * Slows down who fails to log in, by where it comes from.
 *
 * 1. The delay comes before a credential is looked at, whether it is right or wrong: who guesses gets no answer sooner by
 *    having guessed right. So a right one from a slowed address gets in, after the delay.
 * 2. The attempts of one source are looked at one after another, and few of them wait; more are refused at once.
 * 3. Who has one right credential guesses at another no faster: the next failure costs the first delay again.
 * 4. Some failures within a quarter of an hour ban the address, even where right ones lie between.
 * 5. Memory is bounded: the sources that failed longest ago are forgotten first.
 */
export class LoginPace {
  readonly #failures: () => number
  readonly #ban: (address: string, failures: number) => void
  readonly #now: () => number
  readonly #wait: (milliseconds: number) => Promise<void>
  readonly #sources = new Map<string, Source>()
  #waiting = 0

  constructor({ failures, ban, now = () => performance.now(), wait = waiting }: LoginPaceOptions) {
    this.#failures = failures
    this.#ban = ban
    this.#now = now
    this.#wait = wait
  }

  /** How many sources are remembered. */
  get size(): number {
    return this.#sources.size
  }

  /**
   * Until a credential from an address may be looked at: undefined for at once.
   * @param address undefined for this host
   * @throws TooMany `too-many-attempts`
   */
  turn(address: string | undefined): Promise<void> | undefined {
    const source = this.#sources.get(sourceOf(address))
    if (source === undefined) return undefined
    const now = this.#now()
    const delay = delayOf(source)
    if (delay === 0 || now - source.lastFailure >= MEMORY) return undefined
    const at = Math.max(now, source.nextAt)
    if (source.waiting >= MOST_WAITING_OF_SOURCE || this.#waiting >= MOST_WAITING)
      throw new TooMany('too-many-attempts', 'Too many attempts have failed.', Math.ceil((at - now) / 1000))
    source.nextAt = at + delay
    return at === now ? undefined : this.#until(source, at - now)
  }

  /** A credential was wrong. */
  failed(address: string | undefined): void {
    const now = this.#now()
    const key = sourceOf(address)
    const before = this.#sources.get(key)
    const isFresh = before !== undefined && now - before.lastFailure < MEMORY
    const source = isFresh ? before : { failures: 0, total: 0, lastFailure: now, nextAt: now, waiting: 0 }
    source.failures++
    source.total++
    source.lastFailure = now
    source.nextAt = Math.max(source.nextAt, now + delayOf(source))
    // The last to fail stands last.
    this.#sources.delete(key)
    this.#sources.set(key, source)
    this.#forget(now)
    const limit = this.#failures()
    if (address === undefined || limit === 0 || source.total < limit) return
    this.#sources.delete(key)
    this.#ban(address, source.total)
  }

  /** A credential was right. */
  succeeded(address: string | undefined): void {
    const source = this.#sources.get(sourceOf(address))
    if (source !== undefined) source.failures = Math.min(source.failures, FREE)
  }

  async #until(source: Source, milliseconds: number): Promise<void> {
    source.waiting++
    this.#waiting++
    try {
      await this.#wait(milliseconds)
    } finally {
      source.waiting--
      this.#waiting--
    }
  }

  #forget(now: number): void {
    for (const [key, { lastFailure }] of this.#sources) {
      if (this.#sources.size <= MOST_SOURCES && now - lastFailure < MEMORY) return
      this.#sources.delete(key)
    }
  }
}

function delayOf({ failures }: Source): number {
  return failures <= FREE ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - FREE - 1))
}

/** Who can take one address of a customer's network can take them all. */
async function waiting(milliseconds: number): Promise<void> {
  await setTimeout(milliseconds)
}
