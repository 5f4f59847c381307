import type { StatementSync } from 'node:sqlite'
import type { Migration } from '../migrations.ts'
import type { Store } from '../store.ts'

/** The table of TotpStore. */
export const totpMigration: Migration = {
  about:
    'totp: the secrets of one-time passwords by the names of callers; last_step is the time step of the last one that was taken; times are milliseconds since 1970',
  sql: `
    CREATE TABLE totp (
      name TEXT PRIMARY KEY,
      secret BLOB NOT NULL,
      last_step INTEGER NOT NULL,
      created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}

/** Who has an application that makes one-time passwords. */
export interface Enrolment {
  readonly name: string
  readonly secret: Uint8Array
  readonly lastStep: number
}

/**
 * The secrets of one-time passwords. Other than those of keys they have to be kept as they are, since passwords are made
 * from them: in the file of the store, which is its owner's alone.
 */
export class TotpStore {
  readonly #store: Store
  readonly #statements: Readonly<Record<'all' | 'put' | 'use' | 'remove', StatementSync>>

  constructor(store: Store) {
    this.#store = store
    const { database } = store
    this.#statements = {
      all: database.prepare('SELECT name, secret, last_step FROM totp'),
      put: database.prepare(
        'INSERT OR REPLACE INTO totp (name, secret, last_step, created) VALUES (?, ?, ?, ?)',
      ),
      use: database.prepare('UPDATE totp SET last_step = ? WHERE name = ?'),
      remove: database.prepare('DELETE FROM totp WHERE name = ?'),
    }
  }

  all(): Enrolment[] {
    return this.#statements.all.all().map(({ name, secret, last_step }) => ({
      name: String(name),
      secret: secret instanceof Uint8Array ? secret : new Uint8Array(),
      lastStep: Number(last_step),
    }))
  }

  put({ name, secret, lastStep }: Enrolment, created: number): void {
    this.#store.transaction(() => this.#statements.put.run(name, secret, lastStep, created))
  }

  /** Has reached the disk when it returns. */
  use(name: string, step: number): void {
    this.#store.transaction(() => this.#statements.use.run(step, name))
  }

  remove(name: string): void {
    this.#store.transaction(() => this.#statements.remove.run(name))
  }
}
