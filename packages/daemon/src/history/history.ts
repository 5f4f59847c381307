import { DaemonError, storeFailed } from '../errors.ts'
import type { Store } from '../store.ts'
import { pack } from './ban-text.ts'
import { ProbationStore } from './probation-store.ts'
import {
  type Also,
  type NewRevision,
  type Operations,
  type Revision,
  type RevisionHead,
  summaryOf,
} from './revision.ts'
import { defaultLimit, type HistoryLimit, RevisionStore } from './revision-store.ts'
import { SourceTally } from './source-tally.ts'

export interface HistoryOptions {
  readonly store: Store
  readonly limit?: HistoryLimit
  readonly follower?: Follower
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** A revision whose change is in the store, and perhaps not yet on the disk. */
export interface Recorded {
  readonly number: number
  /** The disk has it: whoever watches is told. */
  done(): void
  /** The change was not made after all. @param written as of a staged change of the store */
  undo(written: boolean): void
}

/** Who keeps something that has to follow what is changed in the kernel. */
export interface Follower {
  /** Through it goes each change of the kernel, from before it is made until its revision is kept. */
  readonly gate: {
    enter<Result>(work: () => Promise<Result>): Promise<Result>
    /** While no other change goes through. */
    alone<Result>(work: () => Promise<Result>): Promise<Result>
  }
  /**
   * What has to be kept with some operations that were made; undefined where they are none of its business.
   *
   * @param isDecided whether they were on probation until now: others that meet them wait for that
   */
  follow(operations: Operations, terms?: { readonly isDecided?: boolean }): Promise<Also> | undefined
  /**
   * Is told of sets that are about to change outside the gate, and of chains and sets that are on probation: of these,
   * nobody's change is followed until that is decided.
   *
   * @returns ends it
   */
  hold(sets: readonly string[], onProbation?: Operations): () => void
}

const nobody: Follower = {
  gate: { enter: (work) => work(), alone: (work) => work() },
  follow: () => undefined,
  hold: () => () => undefined,
}

/** One part in so many of all bytes is the most that one revision may have. */
const LARGEST_PART = 4

/**
 * The history: every change that was made through the daemon, with who made it, why, and what is needed to undo it.
 *
 * 1. A revision stands in the store in the same transaction as the change itself, where that stands there too; a change
 *    of the kernel alone is taken back when its revision cannot be kept.
 * 2. It never grows without bound: the oldest revisions go when the limit is reached.
 * 3. Revisions are told in the order of their numbers, once they are on the disk. Who was away asks for those behind
 *    the last one that he has seen: the history itself is what he reads from, however slow he is.
 */
export class History {
  readonly #store: Store
  readonly #revisions: RevisionStore
  /** Which revisions are on probation. */
  readonly probations: ProbationStore
  readonly #limit: HistoryLimit
  readonly #now: () => number
  /** What follows the changes of the kernel; nothing unless it was given. */
  readonly follower: Follower
  readonly #listeners = new Set<(revisions: readonly RevisionHead[]) => void>()
  /** Numbers that were given and whose change is not on the disk yet, with what counts them no longer. */
  readonly #unsettled = new Map<number, () => void>()
  /** Wait until something is settled. */
  #waiting: (() => void)[] = []
  /** Revisions that nobody was told of, in their order. */
  #unpublished: RevisionHead[] = []
  /** Who has changed what since the start. */
  readonly tally = new SourceTally()
  #published: number
  #closed = false

  constructor({ store, limit = defaultLimit, now = Date.now, follower = nobody }: HistoryOptions) {
    this.#store = store
    this.#limit = limit
    this.#now = now
    this.follower = follower
    this.#revisions = new RevisionStore(store.database, limit)
    this.probations = new ProbationStore(store.database)
    this.#published = this.#revisions.last
  }

  /** The latest revision that is on the disk with all before it; 0 where there is none. */
  get published(): number {
    return this.#published
  }

  /** The oldest revision that is kept; one more than {@link published} where there is none. */
  get oldest(): number {
    return this.#revisions.oldest ?? this.#published + 1
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Keeps a revision, inside a transaction of the store or of what is staged. */
  record({ origin, what, operations }: NewRevision): Recorded {
    const { who, door, why, probation } = origin
    const time = this.#now()
    const head = { time, what: origin.what ?? what, who, door, ...(why === undefined ? {} : { why }) }
    const summary = summaryOf(operations)
    const number = this.#revisions.add({ head: { ...head, summary }, operations: this.#textOf(operations) })
    this.tally.count(origin, head.what, summary, 1)
    this.#unpublished.push({ number, ...head, summary })
    this.#unsettled.set(number, () => this.tally.count(origin, head.what, summary, -1))
    const release = probation === undefined ? undefined : this.probations.add(probation, number)
    return {
      number,
      done: () => this.#settle(number),
      undo: (written) => {
        release?.(written)
        this.#remove(number, written)
      },
    }
  }

  /** Runs the work in one transaction of the store; when it fails, what was recorded in it was not. */
  transaction<Result>(work: () => Result): Result {
    const before = this.#revisions.last
    try {
      return this.#store.transaction(work)
    } catch (error) {
      for (const number of [...this.#unsettled.keys()].filter((one) => one > before))
        this.#remove(number, false)
      throw error
    }
  }

  /**
   * Keeps a revision of a change that stands in the kernel alone; resolves when the disk has it.
   *
   * @returns its number
   * @throws DaemonError `store-failed`: then the change has to be taken back
   */
  async keep(revision: NewRevision): Promise<number> {
    const { also = await this.follower.follow(revision.operations) } = revision
    return new Promise((resolve, reject) => {
      const { groups } = this.#store
      let recorded: Recorded | undefined
      let writeBack: (() => void) | undefined
      const fail = (error: unknown, written: boolean): void => {
        if (written) writeBack?.()
        recorded?.undo(written)
        reject(storeFailed(error))
      }
      const done = (): void => {
        recorded?.done()
        resolve(recorded?.number ?? 0)
      }
      try {
        groups.stage(
          () => {
            recorded = this.record(revision)
            writeBack = also?.()
          },
          { done, fail },
        )
      } catch (error) {
        fail(error, false)
        return
      }
      groups.commit()
    })
  }

  /** @throws DaemonError `revision-not-found`, `history-too-short` */
  get(number: number): Revision {
    const revision = number > this.#published ? undefined : this.#revisions.get(number)
    if (revision !== undefined) return revision
    if (number < this.oldest && number > 0) throw this.#tooShort(number)
    throw new DaemonError(
      'revision-not-found',
      `There is no revision ${number}; the latest is ${this.#published}.`,
    )
  }

  /** Resolves when this revision and all before it are on the disk, or were not made after all. */
  async settled(number: number): Promise<void> {
    while ([...this.#unsettled.keys()].some((one) => one <= number))
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Revisions behind one, the oldest first. @param most at most so many */
  behind(number: number, most: number): RevisionHead[] {
    return this.#revisions.heads(number, this.#published, most)
  }

  /** Revisions before one, the newest first. */
  before(number: number, most: number): RevisionHead[] {
    return this.#revisions.latest(Math.min(number, this.#published + 1), most)
  }

  /**
   * What was changed after a revision, the newest first.
   *
   * @param last up to this one; the latest if not said
   * @throws DaemonError `revision-not-found`; `history-too-short` where not all of it is kept
   */
  since(number: number, last = this.#published): Generator<Revision, void> {
    for (const wanted of [number, last])
      if (wanted < 0 || wanted > this.#published)
        throw new DaemonError(
          'revision-not-found',
          `There is no revision ${wanted}; the latest is ${this.#published}.`,
        )
    if (number < last && number + 1 < this.oldest) throw this.#tooShort(number)
    return this.#revisions.newestFirst(number, last)
  }

  /** Calls the listener with new revisions, or with none when there will be none any more. */
  listen(listener: (revisions: readonly RevisionHead[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Who listens is told that nothing comes any more. */
  close(): void {
    this.#closed = true
    this.#tell([])
  }

  #remove(number: number, written: boolean): void {
    this.#revisions.remove(number, written)
    this.#unpublished = this.#unpublished.filter((head) => head.number !== number)
    this.#unsettled.get(number)?.()
    this.#settle(number)
  }

  #settle(number: number): void {
    this.#unsettled.delete(number)
    for (const wake of this.#waiting.splice(0)) wake()
    const [first] = this.#unsettled.keys()
    const published = first === undefined ? this.#revisions.last : first - 1
    if (published === this.#published) return
    this.#published = published
    const waiting = this.#unpublished.findIndex((head) => head.number > published)
    this.#tell(this.#unpublished.splice(0, waiting === -1 ? this.#unpublished.length : waiting))
  }

  #tell(revisions: readonly RevisionHead[]): void {
    for (const listener of [...this.#listeners]) listener(revisions)
  }

  #textOf(operations: Operations): string {
    const text = JSON.stringify(pack(operations))
    if (text.length <= this.#limit.bytes / LARGEST_PART) return text
    const irreversible = [
      `The change takes ${text.length} bytes, which is more than the history keeps of one: it cannot be undone from here.`,
    ]
    return JSON.stringify({ irreversible })
  }

  #tooShort(number: number): DaemonError {
    return new DaemonError(
      'history-too-short',
      `The history goes back to revision ${this.oldest}, and ${number} is older: --history-limit and --history-size say how much is kept.`,
    )
  }
}
