import type { Migration } from '../migrations.ts'

/** The table of {@link EntryStore}. An empty text stands for any interface or address. */
export const entryMigration: Migration = {
  about: 'the entries of the rfw protocol: until is milliseconds since 1970, NULL for ever',
  sql: `
    CREATE TABLE rfw_entries (
      action TEXT NOT NULL CHECK (action IN ('drop', 'accept', 'reject')),
      chain TEXT NOT NULL CHECK (chain IN ('input', 'output', 'forward')),
      family TEXT NOT NULL CHECK (family IN ('ipv4', 'ipv6')),
      in_interface TEXT NOT NULL,
      source TEXT NOT NULL,
      out_interface TEXT NOT NULL,
      destination TEXT NOT NULL,
      place TEXT NOT NULL CHECK (place IN ('set', 'rule', 'front')),
      sequence INTEGER NOT NULL,
      until INTEGER,
      PRIMARY KEY (action, chain, family, in_interface, source, out_interface, destination)
    ) STRICT, WITHOUT ROWID;
  `,
}
