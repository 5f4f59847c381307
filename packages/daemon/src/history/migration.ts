import type { Migration } from '../migrations.ts'

/** The table of RevisionStore. */
export const revisionMigration: Migration = {
  about:
    'the history: time is milliseconds since 1970; summary and operations are JSON, bytes is how long they are',
  sql: `
    CREATE TABLE revisions (
      number INTEGER PRIMARY KEY,
      time INTEGER NOT NULL,
      what TEXT NOT NULL,
      who TEXT NOT NULL,
      door TEXT NOT NULL,
      why TEXT,
      bytes INTEGER NOT NULL,
      summary TEXT NOT NULL,
      operations TEXT NOT NULL
    ) STRICT;
  `,
}
