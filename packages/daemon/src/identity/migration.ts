import type { Migration } from '../migrations.ts'

/** The table of KeyStore. */
export const keyMigration: Migration = {
  about:
    'keys: who may do what; secret is the SHA-256 of an API key, the fingerprint of a certificate, or a scrypt hash; permissions are JSON; times are milliseconds since 1970',
  sql: `
    CREATE TABLE keys (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('key', 'password', 'certificate')),
      secret TEXT NOT NULL,
      permissions TEXT NOT NULL,
      created INTEGER NOT NULL,
      expires INTEGER,
      used INTEGER,
      revoked INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX keys_name ON keys (name) WHERE revoked IS NULL;
    CREATE UNIQUE INDEX keys_secret ON keys (secret) WHERE revoked IS NULL;
  `,
}
