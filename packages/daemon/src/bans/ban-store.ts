import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Family } from '@chainmail/kernel'

/** A ban as the store holds it. Times are milliseconds since 1970. */
export interface BanRecord {
  /** Canonical. */
  readonly address: string
  readonly family: Family
  readonly since: number
  /** undefined: for ever. */
  readonly until: number | undefined
  readonly reason: string | undefined
  /** Who asked for it. */
  readonly who: string
}

type Row = ReturnType<StatementSync['get']>

/** The table of bans. */
export class BanStore {
  readonly #put: StatementSync
  readonly #get: StatementSync
  readonly #delete: StatementSync
  readonly #live: StatementSync
  readonly #count: StatementSync
  readonly #sweep: StatementSync

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      'INSERT INTO bans (address, family, since, until, reason, who) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (address) DO UPDATE SET since = iif(until <= ?3, ?3, since), until = ?4, reason = ?5, who = ?6 RETURNING since',
    )
    this.#get = database.prepare('SELECT * FROM bans WHERE address = ?')
    this.#delete = database.prepare('DELETE FROM bans WHERE address = ?')
    this.#live = database.prepare(
      'SELECT * FROM bans WHERE until IS NULL OR until > ? ORDER BY since, address',
    )
    this.#count = database.prepare('SELECT count(*) AS bans FROM bans WHERE until IS NULL OR until > ?')
    this.#sweep = database.prepare(
      'DELETE FROM bans WHERE address IN (SELECT address FROM bans WHERE until <= ? ORDER BY until LIMIT ?)',
    )
  }

  /**
   * Adds the ban, or renews the one of its address.
   * @returns since when the address is banned: earlier than the ban says where one that has not run out is renewed
   */
  put(ban: BanRecord): number {
    const row = this.#put.get(
      ban.address,
      ban.family,
      ban.since,
      ban.until ?? null,
      ban.reason ?? null,
      ban.who,
    )
    return Number(row?.since)
  }

  /** The ban of an address, unless it has run out. */
  get(address: string, now: number): BanRecord | undefined {
    const row = this.#get.get(address)
    const record = row === undefined ? undefined : recordOf(row)
    return record?.until !== undefined && record.until <= now ? undefined : record
  }

  /** Forgets the ban; false when there was none. */
  delete(address: string): boolean {
    return this.#delete.run(address).changes !== 0
  }

  /** The bans that have not run out, the oldest first. */
  *live(now: number): Generator<BanRecord> {
    for (const row of this.#live.iterate(now)) yield recordOf(row)
  }

  /** The number of bans that have not run out. */
  count(now: number): number {
    return Number(this.#count.get(now)?.bans)
  }

  /** Forgets up to `limit` bans that have run out. */
  sweep(now: number, limit: number): void {
    this.#sweep.run(now, limit)
  }
}

function recordOf(row: NonNullable<Row>): BanRecord {
  return {
    address: String(row.address),
    family: row.family === 'ipv6' ? 'ipv6' : 'ipv4',
    since: Number(row.since),
    until: row.until === null ? undefined : Number(row.until),
    reason: row.reason === null ? undefined : String(row.reason),
    who: String(row.who),
  }
}
