import { closeSync, fdatasync, openSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CommitFigures } from 'chainmail'

/** A change that was staged, and who waits for it. */
export interface Staged {
  /** It is on the disk. */
  done(): void
  /**
   * It is not, and must not be. With `written` the store has committed it all the same: then everything that it changed
   * has to be written back within the call, the latest change first.
   */
  fail(error: unknown, written: boolean): void
}

/** A sync of some changes, which may be over while one that began before it is not. */
interface Flight {
  readonly group: readonly Staged[]
  readonly since: number
  isOver: boolean
}

/**
 * Syncs that are under way at a time. A disk merges what asks it to flush its cache; libuv has four threads, of which others
 * need one.
 */
const MOST_SYNCS = 3

/** Brings what was written into an open file to the disk: fdatasync(2). */
export type Sync = (file: number, done: (error: Error | null) => void) => void

/**
 * Changes of the store by many callers, which reach the disk together.
 *
 * 1. A caller is answered when the disk has his change. The log (SQLite's WAL, `synchronous=NORMAL`) holds what was
 *    committed, in its order, and one fdatasync(2) of it puts all of that on the disk. NORMAL leaves out nothing else
 *    that FULL does: the log's header is synced when it begins anew, and the log before the file at a checkpoint,
 *    sqlite3.c, walWriteOneFrame() and walCheckpoint().
 * 2. The event loop does not wait for the disk, and a change does not wait for the sync of another: up to three are under
 *    way at a time. What is staged while they are is one transaction, committed when one of them is over.
 * 3. What a sync may not have brought to the disk is taken back, with everything that came later; so a change is on the
 *    disk when its own sync is over and all before it. Each sync under way has a descriptor of its own, because the
 *    kernel tells an error of the disk once by each: errseq_check_and_advance() of linux/errseq.h.
 * 4. A change that throws is rolled back alone.
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  /** Descriptors of the log that no sync uses. */
  readonly #idle: number[]
  readonly #sync: Sync
  readonly #statements: Readonly<Record<'begin' | 'commit' | 'save' | 'release' | 'undo', StatementSync>>
  /** In the open transaction. */
  #open: Staged[] = []
  /** Committed, and not yet being synced. */
  #sealed: Staged[] = []
  /** In the order in which they began. */
  readonly #flights: Flight[] = []
  /** Of what the disk has; a size is a number of changes. */
  readonly figures = new CommitFigures()
  #closed = false

  /** @param log the path of the WAL, which is there as long as the database is open */
  constructor(database: DatabaseSync, log: string, sync: Sync = fdatasync) {
    this.#sync = sync
    this.#database = database
    // Locks are on the file of the database alone, so that closing this one frees none.
    this.#idle = Array.from({ length: MOST_SYNCS }, () => openSync(log, 'r'))
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      save: database.prepare('SAVEPOINT staged'),
      release: database.prepare('RELEASE staged'),
      undo: database.prepare('ROLLBACK TO staged'),
    }
  }

  /**
   * Does some work in the open transaction. Afterwards {@link commit} brings it to the disk.
   *
   * @throws what the work throws: then the store does not have it, and `staged` hears nothing
   */
  stage(work: () => void, staged: Staged): void {
    const { begin, save, release, undo } = this.#statements
    if (!this.#database.isTransaction) begin.run()
    save.run()
    try {
      work()
      release.run()
    } catch (error) {
      if (this.#database.isTransaction) {
        undo.run()
        release.run()
      } else {
        // SQLite has rolled everything back, as after a full disk.
        failAll(this.#takeOpen(), error, false)
      }
      throw error
    }
    this.#open.push(staged)
  }

  /** Brings what is staged to the disk, as soon as there is room for one more sync. */
  commit(): void {
    const file = this.#idle.at(-1)
    if (file === undefined || this.#closed) return
    this.seal()
    if (this.#sealed.length === 0) return
    const flight: Flight = { group: this.#sealed, since: performance.now(), isOver: false }
    this.#sealed = []
    this.#flights.push(flight)
    this.#idle.pop()
    this.#sync(file, (error) => this.#synced(flight, file, error))
  }

  /** Ends the open transaction; its changes wait for the disk. */
  seal(): void {
    if (!this.#database.isTransaction) return
    const staged = this.#takeOpen()
    try {
      this.#statements.commit.run()
      this.#sealed.push(...staged)
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      failAll(staged, error, false)
    }
  }

  /** Commits what is staged. Who waits for it is told nothing more, but for the syncs that are under way. */
  close(): void {
    if (this.#closed) return
    this.seal()
    this.#closed = true
    for (const file of this.#idle.splice(0)) closeSync(file)
  }

  #synced(flight: Flight, file: number, error: Error | null): void {
    if (this.#closed) closeSync(file)
    else this.#idle.push(file)
    // Of one that was taken back with one before it.
    if (!this.#flights.includes(flight)) return
    if (error === null) {
      flight.isOver = true
      this.figures.committed(flight.group.length, flight.since)
      while (this.#flights[0]?.isOver === true)
        for (const { done } of this.#flights.shift()?.group ?? []) done()
    } else if (!this.#closed) this.#takeBack(this.#flights.indexOf(flight), error)
    this.commit()
  }

  /** @param first of the syncs that is not to count, with all later ones */
  #takeBack(first: number, error: Error): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    failAll(this.#takeOpen(), error, false)
    const later = this.#sealed
    this.#sealed = []
    const flown = this.#flights.splice(first).flatMap(({ group }) => group)
    this.#statements.begin.run()
    failAll([...flown, ...later], error, true)
    this.#statements.commit.run()
  }

  #takeOpen(): Staged[] {
    const staged = this.#open
    this.#open = []
    return staged
  }
}

/** The latest first. */
function failAll(staged: readonly Staged[], error: unknown, written: boolean): void {
  for (const { fail } of staged.toReversed()) fail(error, written)
}
