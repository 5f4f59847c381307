import { appliedMigration } from './applied/migration.ts'
import { allowlistMigration, scopeMigration } from './bans/migration.ts'
import { revisionMigration } from './history/migration.ts'
import { probationMigration } from './history/probation-store.ts'
import { idempotencyMigration } from './idempotency/migration.ts'
import { keyMigration } from './identity/migration.ts'
import { totpMigration } from './identity/totp-store.ts'
import { entryMigration } from './rfw/migration.ts'

/** One step from a version of the store to the next. A step that was released never changes. */
export interface Migration {
  readonly about: string
  readonly sql: string
}

/** All steps in their order; the version of a store is their number. */
export const migrations: readonly Migration[] = [
  {
    about: 'bans: times are milliseconds since 1970, until is NULL for ever',
    sql: `
      CREATE TABLE bans (
        address TEXT PRIMARY KEY,
        family TEXT NOT NULL CHECK (family IN ('ipv4', 'ipv6')),
        since INTEGER NOT NULL,
        until INTEGER,
        reason TEXT,
        who TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX bans_until ON bans (until) WHERE until IS NOT NULL;
    `,
  },
  entryMigration,
  scopeMigration,
  allowlistMigration,
  revisionMigration,
  appliedMigration,
  keyMigration,
  idempotencyMigration,
  probationMigration,
  totpMigration,
]
