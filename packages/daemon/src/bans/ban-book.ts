import { type Ban, ChainmailError, type Duration, type Family, network, parseDuration } from 'chainmail'
import { codeOf, DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'
import { type BanRecord, BanStore } from './ban-store.ts'
import { type KernelBans, kernelBan, LONGEST_TIMEOUT, secondsLeft } from './kernel-bans.ts'

export interface BanWish {
  /** Absent for ever. */
  readonly for?: Duration
  readonly reason?: string
  /** Who asks. */
  readonly who: string
}

/** A ban that the kernel holds, with what the store knows of it. */
export interface ListedBan {
  readonly kernel: Ban
  /** undefined: somebody else put it into the set. */
  readonly record: BanRecord | undefined
}

export interface BanBookOptions {
  readonly kernel: KernelBans
  readonly store: Store
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault?: (error: unknown, about: string) => void
}

/** Seconds. */
const RENEWED_EVERY = 7 * 86_400

/** Requests after which bans that have run out are forgotten. */
const SWEPT_EVERY = 256

/** Milliseconds since 1970: the last that RFC 3339 can write. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59)

interface Target {
  readonly address: string
  readonly family: Family
  reject(reason: unknown): void
}

interface BanRequest extends Target {
  readonly do: 'ban'
  /** undefined for ever. */
  readonly seconds: number | undefined
  readonly reason: string | undefined
  readonly who: string
  resolve(ban: BanRecord): void
}

interface UnbanRequest extends Target {
  readonly do: 'unban'
  resolve(): void
}

type Request = BanRequest | UnbanRequest

/** Tells a caller how it went, once the store has committed. */
type Answer = () => void

/**
 * The bans: the store says what they should be, the kernel keeps them.
 *
 * 1. An answer comes after the kernel and the store have the change, or neither: the kernel first, then the
 *    store; when the store fails, the kernel's part is taken back. A process that dies between the two starts
 *    anew with {@link open}, which makes the kernel equal to the store.
 * 2. Many callers are as fast as one: what arrives in one turn of the event loop is one transaction of the store.
 *    No timer and no delay.
 * 3. A request that is refused fails alone.
 * 4. What others do to the sets and to the rules that refer to them is seen by the requests that follow, and made
 *    good before they are answered.
 * 5. The store does not grow with bans that have run out: more are swept away than are added.
 * 6. A ban may be longer than the kernel's timeouts: its entry is renewed in time.
 */
export class BanBook {
  readonly #kernel: KernelBans
  readonly #store: Store
  readonly #bans: BanStore
  readonly #now: () => number
  readonly #onFault: (error: unknown, about: string) => void
  readonly #renewal: NodeJS.Timeout
  #waiting: Request[] = []
  #addedSinceSweep = 0
  #scheduled = false
  #ready = false

  constructor({ kernel, store, now = Date.now, onFault = () => undefined }: BanBookOptions) {
    this.#kernel = kernel
    this.#store = store
    this.#bans = new BanStore(store.database)
    this.#now = now
    this.#onFault = onFault
    this.#renewal = setInterval(() => this.#renew(), RENEWED_EVERY * 1000).unref()
  }

  /**
   * Makes the kernel hold exactly the bans of the store, with the time that is left of each. Where that fails, it
   * is tried again before the next ban.
   * @returns how many there are
   */
  async open(): Promise<number> {
    const now = this.#now()
    this.#bans.sweep(now, -1)
    const entries = Array.from(this.#bans.live(now), (ban) => kernelBan(ban, now))
    await this.#kernel.restore(entries)
    this.#ready = true
    return entries.length
  }

  /**
   * Bans an address or network, or renews its ban; resolves when the kernel and the store have it.
   * @throws AddressError `bad-address`; ChainmailError `bad-address`, `bad-duration`, and what the library refuses;
   *   DaemonError `store-failed`
   */
  ban(address: string, { for: length, reason, who }: BanWish): Promise<BanRecord> {
    return new Promise((resolve, reject) => {
      const seconds = length === undefined ? undefined : parseDuration(length)
      if (seconds !== undefined && this.#now() + seconds * 1000 > LAST_TIME) throw beyondCalendar()
      this.#enqueue({ do: 'ban', ...network(address), seconds, reason, who, resolve, reject })
    })
  }

  /**
   * Takes a ban back.
   * @throws AddressError `bad-address`; ChainmailError `bad-address`, `not-banned`; DaemonError `store-failed`
   */
  unban(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ do: 'unban', ...network(address), resolve, reject })
    })
  }

  /** The bans that the kernel holds: the store's in their order, then those that others made. */
  list(): ListedBan[] {
    const held = new Map(Array.from(this.#kernel.list(), (ban) => [ban.address, ban]))
    const listed: ListedBan[] = []
    for (const record of this.#bans.live(this.#now())) {
      const kernel = held.get(record.address)
      if (kernel === undefined) continue
      listed.push({ kernel, record })
      held.delete(record.address)
    }
    for (const kernel of held.values()) listed.push({ kernel, record: undefined })
    return listed
  }

  /** How many bans the store holds. */
  count(): number {
    return this.#bans.count(this.#now())
  }

  /** Stops renewing. What waits has to be answered before. */
  close(): void {
    clearInterval(this.#renewal)
  }

  #enqueue(request: Request): void {
    this.#waiting.push(request)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => void this.#flush())
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        if (!this.#ready || !this.#inPlace()) await this.open()
        this.#commit()
      } catch (error) {
        for (const request of this.#takeWaiting()) request.reject(error)
      }
    }
    this.#scheduled = false
  }

  /** Somebody else may have flushed the rules or destroyed the sets: asking costs less than one ban. */
  #inPlace(): boolean {
    const families = new Set(this.#waiting.map(({ family }) => family))
    return [...families].every((family) => this.#kernel.inPlace(family))
  }

  #commit(): void {
    const group = this.#takeWaiting()
    const now = this.#now()
    const answers: Answer[] = []
    try {
      this.#store.transaction(() => {
        for (const requests of inRuns(group)) {
          if (Array.isArray(requests)) this.#banAll(requests, now, answers)
          else answers.push(this.#unban(requests, now))
        }
        this.#sweep(group.length, now)
      })
    } catch (error) {
      this.#takeBack(group)
      const words = error instanceof Error ? error.message : String(error)
      const failure = `The store refused the change, so it was not made: ${words}.`
      for (const { reject } of group) reject(new DaemonError('store-failed', failure, error))
      return
    }
    for (const answer of answers) answer()
  }

  /** Forgets bans that have run out, now and then, and more than were added since. */
  #sweep(added: number, now: number): void {
    this.#addedSinceSweep += added
    if (this.#addedSinceSweep < SWEPT_EVERY) return
    this.#bans.sweep(now, this.#addedSinceSweep * 2)
    this.#addedSinceSweep = 0
  }

  #takeWaiting(): Request[] {
    const group = this.#waiting
    this.#waiting = []
    return group
  }

  #banAll(requests: readonly BanRequest[], now: number, answers: Answer[]): void {
    const wanted = requests.map((request) => ({ request, record: recordOf(request, now) }))
    const refused = this.#addAll(
      wanted.map(({ record }) => record),
      now,
    )
    for (const [index, { request, record }] of wanted.entries()) {
      const refusal = refused.get(index)
      if (refusal === undefined) {
        const since = this.#bans.put(record)
        answers.push(() => request.resolve({ ...record, since }))
      } else answers.push(() => request.reject(refusal))
    }
  }

  #unban({ address, resolve, reject }: UnbanRequest, now: number): Answer {
    const known = this.#bans.get(address, now) !== undefined
    try {
      const held = this.#remove(address)
      if (!held && !known) {
        const refusal = new ChainmailError('not-banned', `${address} is not banned.`, { path: 'address' })
        return () => reject(refusal)
      }
    } catch (error) {
      return () => reject(error)
    }
    this.#bans.delete(address)
    return resolve
  }

  /** Brings the kernel's entries of a group back to what the store still says. */
  #takeBack(group: readonly Request[]): void {
    const now = this.#now()
    try {
      const records: BanRecord[] = []
      for (const address of new Set(group.map((request) => request.address))) {
        const record = this.#bans.get(address, now)
        if (record === undefined) this.#remove(address)
        else records.push(record)
      }
      for (const refusal of this.#addAll(records, now).values()) throw refusal
    } catch (error) {
      this.#ready = false
      this.#onFault(error, 'the bans of a group that the store refused could not all be taken back')
    }
  }

  /** The refusals by their index. */
  #addAll(records: readonly BanRecord[], now: number): Map<number, unknown> {
    const refused = new Map<number, unknown>()
    this.#kernel.addManyNow(
      records.map((record) => kernelBan(record, now)),
      (index, error) => refused.set(index, error),
    )
    return refused
  }

  /** Whether the kernel had it. */
  #remove(address: string): boolean {
    try {
      this.#kernel.removeNow(address)
      return true
    } catch (error) {
      if (codeOf(error) === 'not-banned') return false
      throw error
    }
  }

  /** Gives the entries whose ban is longer than a timeout can be another timeout, long before theirs ends. */
  #renew(): void {
    const now = this.#now()
    try {
      const long = [...this.#bans.live(now)].filter(
        ({ until }) => until !== undefined && secondsLeft(until, now) > LONGEST_TIMEOUT - RENEWED_EVERY,
      )
      for (const refusal of this.#addAll(long, now).values()) throw refusal
    } catch (error) {
      this.#onFault(error, 'long bans could not be renewed')
    }
  }
}

/** Bans that follow each other together, in the order of the requests. */
function* inRuns(group: readonly Request[]): Generator<BanRequest[] | UnbanRequest> {
  let bans: BanRequest[] = []
  for (const request of group) {
    if (request.do === 'ban') {
      bans.push(request)
      continue
    }
    if (bans.length > 0) yield bans
    bans = []
    yield request
  }
  if (bans.length > 0) yield bans
}

function recordOf({ address, family, seconds, reason, who }: BanRequest, now: number): BanRecord {
  const until = seconds === undefined ? undefined : now + seconds * 1000
  return { address, family, since: now, until, reason, who }
}

function beyondCalendar(): ChainmailError {
  return new ChainmailError(
    'bad-duration',
    'The ban would end after the year 9999: leave its end out to ban for ever.',
    { path: 'for' },
  )
}
