import type { Migration } from '../migrations.ts'

/** The table of BanStore. */
export const scopeMigration: Migration = {
  about:
    'bans: with a scope; exempt is 1 where the network is free inside of a wider ban; in the order in which they came',
  sql: `
    CREATE TABLE scoped_bans (
      id INTEGER PRIMARY KEY,
      address TEXT NOT NULL,
      scope TEXT NOT NULL,
      family TEXT NOT NULL CHECK (family IN ('ipv4', 'ipv6')),
      since INTEGER NOT NULL,
      until INTEGER,
      reason TEXT,
      who TEXT,
      exempt INTEGER NOT NULL CHECK (exempt IN (0, 1))
    ) STRICT;
    INSERT INTO scoped_bans (address, scope, family, since, until, reason, who, exempt)
      SELECT address, 'everything', family, since, until, reason, who, 0 FROM bans ORDER BY since, address;
    DROP TABLE bans;
    ALTER TABLE scoped_bans RENAME TO bans;
    CREATE INDEX bans_until ON bans (until) WHERE until IS NOT NULL;
  `,
}

/** The table of AllowStore. */
export const allowlistMigration: Migration = {
  about: 'the allowlist: since is milliseconds since 1970',
  sql: `
    CREATE TABLE allowlist (
      address TEXT PRIMARY KEY,
      family TEXT NOT NULL CHECK (family IN ('ipv4', 'ipv6')),
      reason TEXT,
      who TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
