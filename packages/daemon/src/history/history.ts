import { DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'
import { pack } from './ban-text.ts'
import { type NewRevision, type Operations, type Revision, type RevisionHead, summaryOf } from './revision.ts'
import { defaultLimit, type HistoryLimit, RevisionStore } from './revision-store.ts'

export interface HistoryOptions {
  readonly store: Store
  readonly limit?: HistoryLimit
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
  readonly #limit: HistoryLimit
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  /** Numbers that were given and whose change is not on the disk yet. */
  readonly #unsettled = new Set<number>()
  #published: number
  #closed = false

  constructor({ store, limit = defaultLimit, now = Date.now }: HistoryOptions) {
    this.#store = store
    this.#limit = limit
    this.#now = now
    this.#revisions = new RevisionStore(store.database, limit)
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
    const { who, door, why } = origin
    const time = this.#now()
    const head = { time, what: origin.what ?? what, who, door, ...(why === undefined ? {} : { why }) }
    const number = this.#revisions.add({
      head: { ...head, summary: summaryOf(operations) },
      operations: this.#textOf(operations),
    })
    this.#unsettled.add(number)
    return {
      number,
      done: () => this.#settle(number),
      undo: (written) => {
        this.#revisions.remove(number, written)
        this.#settle(number)
      },
    }
  }

  /** Runs the work in one transaction of the store; when it fails, what was recorded in it was not. */
  transaction<Result>(work: () => Result): Result {
    const before = this.#revisions.last
    try {
      return this.#store.transaction(work)
    } catch (error) {
      for (const number of [...this.#unsettled].filter((one) => one > before)) {
        this.#revisions.remove(number, false)
        this.#settle(number)
      }
      throw error
    }
  }

  /**
   * Keeps a revision of a change that stands in the kernel alone; resolves when the disk has it.
   *
   * @returns its number
   * @throws DaemonError `store-failed`: then the change has to be taken back
   */
  keep(revision: NewRevision): Promise<number> {
    return new Promise((resolve, reject) => {
      const { groups } = this.#store
      let recorded: Recorded | undefined
      const fail = (error: unknown, written: boolean): void => {
        recorded?.undo(written)
        const words = error instanceof Error ? error.message : String(error)
        reject(
          new DaemonError(
            'store-failed',
            `The store refused the change, so it was not made: ${words}.`,
            error,
          ),
        )
      }
      const done = (): void => {
        recorded?.done()
        resolve(recorded?.number ?? 0)
      }
      try {
        groups.stage(
          () => {
            recorded = this.record(revision)
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

  /** Calls the listener when there are new revisions, or there will be none any more. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Who listens is told that nothing comes any more. */
  close(): void {
    this.#closed = true
    this.#tell()
  }

  #settle(number: number): void {
    this.#unsettled.delete(number)
    const [first] = this.#unsettled
    const published = first === undefined ? this.#revisions.last : first - 1
    if (published === this.#published) return
    this.#published = published
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
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
