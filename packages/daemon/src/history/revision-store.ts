import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { type PackedOperations, unpack } from './ban-text.ts'
import { doors, type Revision, type RevisionHead, type Summary, whats } from './revision.ts'

/** How much is kept. */
export interface HistoryLimit {
  readonly revisions: number
  /** Of their operations and summaries. */
  readonly bytes: number
}

export const defaultLimit: HistoryLimit = { revisions: 10_000, bytes: 64 * 1024 ** 2 }

type Row = Readonly<Record<string, SQLOutputValue>>

/** A revision without its number, with its operations as they are kept. */
export interface RevisionText {
  readonly head: Omit<RevisionHead, 'number'>
  readonly operations: string
}

/**
 * The table of revisions. It is never longer than its limit by more than one revision, within a transaction: what is
 * the oldest goes when a new one comes.
 */
export class RevisionStore {
  readonly #limit: HistoryLimit
  readonly #statements: Readonly<
    Record<
      'insert' | 'drop' | 'oldest' | 'sizes' | 'all' | 'one' | 'heads' | 'latest' | 'newest' | 'behind',
      StatementSync
    >
  >
  #count = 0
  #bytes = 0
  #last = 0

  constructor(database: DatabaseSync, limit: HistoryLimit) {
    this.#limit = limit
    const head = 'number, time, what, who, door, why, summary'
    this.#statements = {
      insert: database.prepare(
        'INSERT INTO revisions (number, time, what, who, door, why, bytes, summary, operations) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      drop: database.prepare('DELETE FROM revisions WHERE number <= ?'),
      oldest: database.prepare('SELECT min(number) AS number FROM revisions'),
      sizes: database.prepare('SELECT number, bytes FROM revisions ORDER BY number LIMIT 256'),
      all: database.prepare(
        'SELECT count(*) AS count, total(bytes) AS bytes, coalesce(max(number), 0) AS last FROM revisions',
      ),
      one: database.prepare('SELECT * FROM revisions WHERE number = ?'),
      heads: database.prepare(
        `SELECT ${head} FROM revisions WHERE number > ? AND number <= ? ORDER BY number LIMIT ?`,
      ),
      latest: database.prepare(`SELECT ${head} FROM revisions WHERE number < ? ORDER BY number DESC LIMIT ?`),
      newest: database.prepare(
        'SELECT * FROM revisions WHERE number > ? AND number <= ? ORDER BY number DESC',
      ),
      behind: database.prepare('DELETE FROM revisions WHERE number >= ?'),
    }
    this.#measure()
    this.#trim()
  }

  /** The number of the latest one; 0 before the first. A number is never given twice. */
  get last(): number {
    return this.#last
  }

  /** The number of the oldest one that is kept; undefined where there is none. */
  get oldest(): number | undefined {
    const number = this.#statements.oldest.get()?.number
    return typeof number === 'number' ? number : undefined
  }

  /** Keeps a revision, inside a transaction. @returns its number */
  add({ head, operations }: RevisionText): number {
    const { time, what, who, door, why, summary } = head
    const counts = JSON.stringify(summary)
    const bytes = counts.length + operations.length
    const number = this.#last + 1
    this.#statements.insert.run(number, time, what, who, door, why ?? null, bytes, counts, operations)
    this.#last = number
    this.#count++
    this.#bytes += bytes
    this.#trim()
    return number
  }

  /**
   * A revision, and all later ones, are not to be kept after all.
   *
   * @param written they are in the store and have to be taken out; otherwise it has rolled them back
   */
  remove(number: number, written: boolean): void {
    if (written) this.#statements.behind.run(number)
    const last = this.#last
    this.#measure()
    this.#last = last
  }

  get(number: number): Revision | undefined {
    const row = this.#statements.one.get(number)
    return row === undefined ? undefined : revisionOf(row)
  }

  /** Those behind a number, up to another, the oldest first. */
  heads(behind: number, last: number, most: number): RevisionHead[] {
    return this.#statements.heads.all(behind, last, most).map(headOf)
  }

  /** Those before a number, the newest first. */
  latest(before: number, most: number): RevisionHead[] {
    return this.#statements.latest.all(before, most).map(headOf)
  }

  /** Those behind a number, up to another, with their operations, the newest first. */
  *newestFirst(behind: number, last: number): Generator<Revision, void> {
    for (const row of this.#statements.newest.iterate(behind, last)) yield revisionOf(row)
  }

  #measure(): void {
    const row = this.#statements.all.get()
    this.#count = Number(row?.count)
    this.#bytes = Number(row?.bytes)
    this.#last = Number(row?.last)
  }

  #trim(): void {
    const { revisions, bytes } = this.#limit
    while (this.#count > Math.max(1, revisions) || (this.#bytes > bytes && this.#count > 1)) {
      let dropped = 0
      // Row by row: as a rule one goes for each that comes.
      for (const row of this.#statements.sizes.iterate()) {
        if (this.#count <= 1 || (this.#count <= revisions && this.#bytes <= bytes)) break
        dropped = Number(row.number)
        this.#count--
        this.#bytes -= Number(row.bytes)
      }
      if (dropped === 0) return
      this.#statements.drop.run(dropped)
    }
  }
}

function headOf(row: Row): RevisionHead {
  // What stands in the store was written here, from the same types.
  const summary: Summary = JSON.parse(String(row.summary))
  return {
    number: Number(row.number),
    time: Number(row.time),
    what: whats.find((name) => name === row.what) ?? 'rules',
    who: String(row.who),
    door: doors.find((name) => name === row.door) ?? 'daemon',
    ...(row.why === null ? {} : { why: String(row.why) }),
    summary,
  }
}

function revisionOf(row: Row): Revision {
  const operations: PackedOperations = JSON.parse(String(row.operations))
  return { ...headOf(row), operations: unpack(operations) }
}
