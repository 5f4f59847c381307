import type { Migration } from '../migrations.ts'

/** The table of AppliedStore. */
export const appliedMigration: Migration = {
  about:
    'what plans have made, a chain or set a row: part is its name with family and table, document is JSON; probation is the id of a change that is on it, or empty',
  sql: `
    CREATE TABLE applied_parts (
      probation TEXT NOT NULL,
      owner TEXT NOT NULL,
      part TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (probation, owner, part)
    ) STRICT;
  `,
}
