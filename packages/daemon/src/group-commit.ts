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

/** Brings what was written into an open file to the disk: fdatasync(2). */
export type Sync = (file: number, done: (error: Error | null) => void) => void

/**
 * Changes of the store by many callers, which reach the disk together.
 *
 * 1. A caller is answered when the disk has his change. The log (SQLite's WAL, `synchronous=NORMAL`) holds what was
 *    committed, in its order, and one fdatasync(2) of it puts all of that on the disk. NORMAL leaves out nothing else
 *    that FULL does: the log's header is synced when it begins anew, and the log before the file at a checkpoint,
 *    sqlite3.c, walWriteOneFrame() and walCheckpoint().
 * 2. The event loop does not wait for the disk. One sync is under way at a time; what is staged meanwhile is one
 *    transaction, committed when that sync is over, and reaches the disk by the next.
 * 3. What a sync may not have brought to the disk is taken back, with everything that came later.
 * 4. A change that throws is rolled back alone.
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #log: number
  readonly #sync: Sync
  readonly #statements: Readonly<Record<'begin' | 'commit' | 'save' | 'release' | 'undo', StatementSync>>
  /** In the open transaction. */
  #open: Staged[] = []
  /** Committed, and not yet being synced. */
  #sealed: Staged[] = []
  #syncing: Staged[] | undefined
  #syncingSince = 0
  /** Of what the disk has; a size is a number of changes. */
  readonly figures = new CommitFigures()
  #closed = false

  /** @param log the path of the WAL, which is there as long as the database is open */
  constructor(database: DatabaseSync, log: string, sync: Sync = fdatasync) {
    this.#sync = sync
    this.#database = database
    // Locks are on the file of the database alone, so that closing this one frees none.
    this.#log = openSync(log, 'r')
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

  /** Brings what is staged to the disk, as soon as what came before is there. */
  commit(): void {
    if (this.#syncing !== undefined || this.#closed) return
    this.seal()
    if (this.#sealed.length === 0) return
    this.#syncing = this.#sealed
    this.#sealed = []
    this.#syncingSince = performance.now()
    this.#sync(this.#log, (error) => this.#synced(error))
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

  /** Commits what is staged. Who waits for it is told nothing more, but for the sync that is under way. */
  close(): void {
    if (this.#closed) return
    this.seal()
    this.#closed = true
    if (this.#syncing === undefined) closeSync(this.#log)
  }

  #synced(error: Error | null): void {
    const group = this.#syncing ?? []
    this.#syncing = undefined
    if (error === null) {
      this.figures.committed(group.length, this.#syncingSince)
      for (const { done } of group) done()
    } else if (!this.#closed) this.#takeBack(group, error)
    if (this.#closed) closeSync(this.#log)
    else this.commit()
  }

  #takeBack(group: readonly Staged[], error: Error): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    failAll(this.#takeOpen(), error, false)
    const later = this.#sealed
    this.#sealed = []
    this.#statements.begin.run()
    failAll([...group, ...later], error, true)
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
