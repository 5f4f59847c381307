import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DaemonError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import { type Migration, migrations } from './migrations.ts'
import { withUmask } from './umask.ts'

/**
 * The daemon's store: one SQLite file, what chainmail wants the kernel to hold.
 *
 * 1. What is acknowledged survives kill -9 and a power cut. A `transaction` has reached the disk when it returns: WAL
 *    with `synchronous=FULL`. What is staged in `groups` is answered when it has: see group-commit.ts.
 * 2. Two daemons never share a store: the file is locked as long as it is open (`locking_mode=EXCLUSIVE`), and
 *    the kernel frees such a lock when the process ends, however it ends. So no other program can read the file
 *    meanwhile, and nothing in this process may open it a second time.
 * 3. Nothing that is not understood is written to: a foreign, damaged or newer file is refused as it is.
 */
export interface Store {
  readonly database: DatabaseSync
  /** The file. */
  readonly path: string
  /** Runs the work in one transaction, which is rolled back when the work or the commit throws. */
  transaction<Result>(work: () => Result): Result
  /** Changes that many callers make at a time. */
  readonly groups: GroupCommit
  close(): void
}

/** `cmwl` in ASCII, in the file's header. */
const APPLICATION_ID = 0x636d_776c

/** The folders and files that are made are for this user alone. */
const OWNER_ALONE = 0o077

/**
 * Pages of 4 KiB that the log has when they are copied into the file, which waits for the disk in the middle of a commit:
 * a megabyte takes some milliseconds.
 */
const CHECKPOINT_PAGES = 256

// sqlite3.h, result codes.
const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/**
 * Opens the store of a state folder, making both when they are missing.
 * @throws DaemonError `store-in-use`, `store-corrupt`, `store-foreign`, `store-newer`, `store-failed`
 */
export function openStore(folder: string, known: readonly Migration[] = migrations): Store {
  const path = join(folder, 'chainmail.sqlite')
  try {
    return withUmask(OWNER_ALONE, () => {
      makeFolder(folder)
      const database = new DatabaseSync(path)
      try {
        prepare(database, path, known)
        return storeOf(database, path)
      } catch (error) {
        database.close()
        throw error
      }
    })
  } catch (error) {
    throw storeError(error, path)
  }
}

function prepare(database: DatabaseSync, path: string, known: readonly Migration[]): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  const version = integer(database, 'user_version')
  const owner = integer(database, 'application_id')
  if (owner !== APPLICATION_ID && (version !== 0 || integer(database, 'schema_version') !== 0)) {
    throw new DaemonError(
      'store-foreign',
      `${path} is a database of another program: name another folder with --state-dir, or move the file away.`,
    )
  }
  if (version > known.length) {
    throw new DaemonError(
      'store-newer',
      `${path} was written by a newer chainmail (version ${version} of the store, this one knows ${known.length}): install that one, or name another folder with --state-dir.`,
    )
  }
  const fault = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (fault !== 'ok') throw corrupt(path, String(fault))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  // Even where there is nothing to migrate this takes the lock that is then held.
  database.exec('BEGIN EXCLUSIVE')
  for (const migration of known.slice(version)) database.exec(migration.sql)
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${known.length}; COMMIT`)
  database.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
}

function storeOf(database: DatabaseSync, path: string): Store {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const groups = new GroupCommit(database, `${path}-wal`)
  return {
    database,
    path,
    groups,
    transaction(work) {
      groups.seal()
      database.exec('PRAGMA synchronous = FULL')
      const began = performance.now()
      try {
        begin.run()
        const result = work()
        commit.run()
        groups.figures.committed(1, began)
        return result
      } catch (error) {
        // SQLite has rolled back by itself after some errors, such as a full disk.
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      } finally {
        database.exec('PRAGMA synchronous = NORMAL')
      }
    },
    close() {
      groups.close()
      // The last commits reach the disk with the checkpoint that closing makes.
      database.close()
    },
  }
}

function integer(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
}

function storeError(error: unknown, path: string): DaemonError {
  if (error instanceof DaemonError) return error
  const words = error instanceof Error ? error.message : String(error)
  switch (resultCode(error)) {
    case SQLITE_BUSY:
      return new DaemonError(
        'store-in-use',
        `Another daemon has ${path} open: stop it, or give this one a folder of its own with --state-dir.`,
        error,
      )
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return corrupt(path, words)
    default:
      return new DaemonError('store-failed', `The store ${path} cannot be opened: ${words}.`, error)
  }
}

function corrupt(path: string, words: string): DaemonError {
  return new DaemonError(
    'store-corrupt',
    `${path} is damaged (${words}) and was left as it is: move it away to begin with an empty store, or put a copy in its place.`,
  )
}

/** The primary result code: the low byte of an extended one, https://sqlite.org/rescode.html */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
