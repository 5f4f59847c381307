import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Family } from '@chainmail/kernel'

/** An entry of the allowlist as the store holds it. */
export interface AllowRecord {
  /** Canonical. */
  readonly address: string
  readonly family: Family
  readonly reason: string | undefined
  readonly who: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** The table of the allowlist. */
export class AllowStore {
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #all: StatementSync

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      'INSERT INTO allowlist (address, family, reason, who, since) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (address) DO UPDATE SET reason = ?3, who = ?4',
    )
    this.#delete = database.prepare('DELETE FROM allowlist WHERE address = ?')
    this.#all = database.prepare('SELECT * FROM allowlist ORDER BY since, address')
  }

  /** Adds an entry, or gives the one that is there its reason. */
  put({ address, family, reason, who, since }: AllowRecord): void {
    this.#put.run(address, family, reason ?? null, who, since)
  }

  /** Makes an entry what it was; undefined for none. */
  set(address: string, record: AllowRecord | undefined): void {
    if (record === undefined) this.delete(address)
    else this.put(record)
  }

  delete(address: string): void {
    this.#delete.run(address)
  }

  /** The oldest first. */
  all(): AllowRecord[] {
    return this.#all.all().map((row) => ({
      address: String(row.address),
      family: row.family === 'ipv6' ? 'ipv6' : 'ipv4',
      reason: row.reason === null ? undefined : String(row.reason),
      who: String(row.who),
      since: Number(row.since),
    }))
  }
}
