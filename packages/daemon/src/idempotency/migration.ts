import type { Migration } from '../migrations.ts'

/** The table of KeyStore. */
export const idempotencyMigration: Migration = {
  about:
    'idempotency keys: request is the SHA-256 of what was asked for, began is milliseconds since 1970, status is NULL as long as there is no answer, headers is JSON, bytes is how long the answer is',
  sql: `
    CREATE TABLE idempotency_keys (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      who TEXT NOT NULL,
      key TEXT NOT NULL,
      request TEXT NOT NULL,
      began INTEGER NOT NULL,
      status INTEGER,
      headers TEXT,
      body TEXT,
      bytes INTEGER NOT NULL,
      UNIQUE (who, key)
    ) STRICT;
    CREATE INDEX idempotency_keys_of ON idempotency_keys (who, id);
  `,
}
