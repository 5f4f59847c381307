import type { DesiredPart } from './desired-part.ts'
import { type Difference, differenceOf, isNone, type Listing, renderDifference } from './difference.ts'
import type { KernelChanges, Who } from './kernel-changes.ts'
import type { DriftHandling, DriftNotice } from './notice.ts'
import type { OwnCommits } from './own-commits.ts'
import { Pauses } from './pauses.ts'

/** Milliseconds between two looks. */
const LOOKED_EVERY = 150

/**
 * At most this share of the time goes into reading rules, unless what is owned has drifted; of milliseconds that were
 * not used for it, so many may be used together.
 */
const READING_SHARE = 1 / 20
const READING_SAVED = 5_000

/** Milliseconds for which we have to be quiet before our own changes are read into what is remembered. */
const OWN_QUIET = 500

/** Milliseconds until what is only told of, and what has failed, is looked at again unasked. */
const TOLD_EVERY = 10_000
const FAILED_AGAIN = 5_000

export interface DriftWatchParts {
  readonly changes: KernelChanges
  readonly own: OwnCommits
  /** Reads all rules, while we ourselves do not write. */
  readonly read: () => Promise<Reading>
  readonly handling: DriftHandling
  readonly desired: readonly DesiredPart[]
  readonly onNotice: (notice: DriftNotice) => void
}

/** The rules, and how many commits of our own they have. */
export interface Reading {
  readonly listing: Listing
  readonly ownCommits: number
}

/** A part that is watched. */
interface Watched {
  readonly part: DesiredPart
  readonly pauses: Pauses
  /** When it was noticed that it is not what it should be; of `performance.now()`. */
  noticed: number | undefined
  /** What was told of it last, so that the same is told once. */
  told: string
  /** When it is looked at again, if others change nothing before. */
  again: number
}

/**
 * Notices what other programs change, tells of it, and makes good what is owned.
 *
 * 1. Within a second, at next to no cost while nothing happens: a look asks the kernel for announcements, or compares
 *    some numbers, and asks each part for a glance. Only when something shows are rules read.
 * 2. What others change is told as a difference of what was and what is, with who did it where the kernel says so.
 * 3. What is owned is repaired or only told of, as it was asked for. A repair that has to be made again and again waits
 *    longer each time: no fight with a program that wants it otherwise, and the operator is told.
 * 4. What grows with the rules is done seldom: reading takes a twentieth of the time at most.
 */
export class DriftWatch implements AsyncDisposable {
  readonly #parts: DriftWatchParts
  readonly #watched: Watched[]
  readonly #timer: NodeJS.Timeout
  #known: Listing | undefined
  #who: Who[] = []
  /** Somebody has changed rules since the parts were asked for a glance. */
  #unglanced = true
  #changed = false
  /** Our own commits that `#known` has. */
  #ownKnown = -1
  #ownSeen = -1
  #ownAt = 0
  /** When the time that reading took is made up for. */
  #readingPaidAt = 0
  #failedAgainAt = 0
  #last: Promise<void>
  #busy = true
  #isClosed = false
  #counts = { changes: 0, drifts: 0, repairs: 0 }

  constructor(parts: DriftWatchParts) {
    this.#parts = parts
    this.#watched = parts.desired.map(watched)
    this.#last = this.#work(true)
    this.#timer = setInterval(() => this.#look(), LOOKED_EVERY).unref()
  }

  /** Resolves when the first reading is done: what changes from then on is noticed. */
  get ready(): Promise<void> {
    return this.#last
  }

  /** How often others changed rules, how often what is owned had drifted, and how often it was repaired. */
  get counts(): { readonly changes: number; readonly drifts: number; readonly repairs: number } {
    return { ...this.#counts }
  }

  /** The parts that are known not to be what they should be, because a repair is under way, waits or is not wanted. */
  get unrepaired(): readonly string[] {
    return this.#watched.filter(({ noticed }) => noticed !== undefined).map(({ part }) => part.name)
  }

  /** Looks after one more part; in place of the one that has the same name. */
  keep(part: DesiredPart): void {
    this.release(part.name)
    this.#watched.push(watched(part))
  }

  /** Looks after a part no longer. */
  release(name: string): void {
    const index = this.#watched.findIndex(({ part }) => part.name === name)
    if (index !== -1) this.#watched.splice(index, 1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#last
    this.#parts.changes[Symbol.dispose]()
  }

  #look(): void {
    const now = performance.now()
    this.#take(now)
    if (this.#busy) return
    const suspect = this.#isSuspect(now)
    const isPaid = this.#readingPaidAt - now <= READING_SAVED / READING_SHARE
    const mayRead = isPaid && now >= this.#failedAgainAt
    const isStale = this.#ownKnown !== this.#ownSeen && now - this.#ownAt >= OWN_QUIET
    if (!suspect && !(mayRead && (this.#changed || isStale))) return
    this.#busy = true
    this.#last = this.#work(false)
  }

  /** Takes note of what has happened. */
  #take(now: number): void {
    try {
      const { byAnybody, byOthers, who } = this.#parts.changes.take()
      if (byAnybody) this.#unglanced = true
      if (byOthers) {
        this.#changed = true
        this.#who = [...new Map([...this.#who, ...who].map((one) => [one.processId, one])).values()]
      }
    } catch (error) {
      this.#changed = true
      this.#tell({ kind: 'fault', at: new Date(), of: 'rules', error })
    }
    if (this.#parts.own.count === this.#ownSeen) return
    this.#ownSeen = this.#parts.own.count
    this.#ownAt = now
  }

  #isSuspect(now: number): boolean {
    if (this.#parts.handling === 'ignore') return false
    let suspect = false
    const rulesChanged = this.#unglanced
    this.#unglanced = false
    for (const one of this.#watched) {
      if (now < one.again) continue
      // What waited for its repair is looked at when its pause is over.
      if (one.noticed !== undefined || this.#glance(one, rulesChanged)) suspect = true
    }
    return suspect
  }

  #glance(one: Watched, rulesChanged: boolean): boolean {
    try {
      return one.part.glance?.(rulesChanged) ?? false
    } catch (error) {
      this.#fault(one, error)
      return false
    }
  }

  /** Reads, tells and repairs. Never rejects. */
  async #work(first: boolean): Promise<void> {
    try {
      const noticed = performance.now()
      const who = this.#who
      this.#who = []
      const changed = this.#changed
      this.#changed = false
      // A part that comes later may be about what the listing does not have yet.
      const before = [...this.#watched]
      const { listing, ownCommits } = await this.#read(noticed)
      if (!first && changed) this.#report(listing, who, this.#ownKnown !== ownCommits)
      this.#known = listing
      this.#ownKnown = ownCommits
      if (this.#parts.handling !== 'ignore')
        for (const one of before)
          if (this.#watched.includes(one)) await this.#lookAfter(one, listing, noticed, who)
    } catch (error) {
      this.#changed = true
      this.#failedAgainAt = performance.now() + FAILED_AGAIN
      this.#tell({ kind: 'fault', at: new Date(), of: 'rules', error })
    } finally {
      this.#busy = false
    }
  }

  async #read(began: number): Promise<Reading> {
    const reading = await this.#parts.read()
    const now = performance.now()
    // The first reading is nobody's doing.
    if (this.#known !== undefined)
      this.#readingPaidAt = Math.max(this.#readingPaidAt, began) + (now - began) / READING_SHARE
    return reading
  }

  #report(listing: Listing, who: readonly Who[], withOwn: boolean): void {
    const difference = differenceOf(this.#known ?? {}, listing)
    if (isNone(difference)) return
    this.#counts.changes += 1
    this.#tell({ kind: 'change', at: new Date(), difference, who, withOwn })
  }

  async #lookAfter(one: Watched, listing: Listing, noticed: number, who: readonly Who[]): Promise<void> {
    const { part, pauses } = one
    try {
      const difference = await part.check(listing)
      if (difference === undefined || isNone(difference)) {
        one.noticed = undefined
        one.told = ''
        return
      }
      one.noticed ??= noticed
      const { handling } = this.#parts
      const pause = handling === 'repair' ? pauses.left(performance.now()) : 0
      const next = handling !== 'repair' ? 'report' : pause === 0 ? 'repair' : 'pause'
      const text = renderDifference(difference).join('\n')
      if (one.told !== text) {
        this.#counts.drifts += 1
        this.#tell({ kind: 'drift', at: new Date(), of: part.name, difference, who, next, pause })
        one.told = text
      }
      one.again = performance.now() + (next === 'report' ? TOLD_EVERY : pause)
      if (next === 'repair') await this.#repair(one, difference)
    } catch (error) {
      this.#fault(one, error)
    }
  }

  async #repair(one: Watched, difference: Difference): Promise<void> {
    const { part, pauses, noticed = 0 } = one
    await part.repair()
    const now = performance.now()
    pauses.repaired(now)
    one.noticed = undefined
    one.told = ''
    one.again = now
    this.#counts.repairs += 1
    this.#tell({
      kind: 'repair',
      at: new Date(),
      of: part.name,
      difference,
      took: now - noticed,
      repairs: pauses.repairs,
    })
  }

  #fault(one: Watched, error: unknown): void {
    one.again = performance.now() + FAILED_AGAIN
    this.#tell({ kind: 'fault', at: new Date(), of: one.part.name, error })
  }

  #tell(notice: DriftNotice): void {
    this.#parts.onNotice(notice)
  }
}

function watched(part: DesiredPart): Watched {
  return { part, pauses: new Pauses(), noticed: undefined, told: '', again: 0 }
}
