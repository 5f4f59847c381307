import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Migration } from '../migrations.ts'

/** The table of ProbationStore. */
export const probationMigration: Migration = {
  about: 'the revisions that are on probation, by the id of that, until it is decided',
  sql: `
    CREATE TABLE probation_revisions (
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      PRIMARY KEY (id, revision)
    ) STRICT;
  `,
}

/** Which revisions are on probation. What it writes is part of the transaction that is under way. */
export class ProbationStore {
  readonly #statements: Readonly<Record<'all' | 'add' | 'remove' | 'forget', StatementSync>>
  readonly #revisions = new Map<string, Set<number>>()

  constructor(database: DatabaseSync) {
    this.#statements = {
      all: database.prepare('SELECT id, revision FROM probation_revisions'),
      add: database.prepare('INSERT INTO probation_revisions (id, revision) VALUES (?, ?)'),
      remove: database.prepare('DELETE FROM probation_revisions WHERE id = ? AND revision = ?'),
      forget: database.prepare('DELETE FROM probation_revisions WHERE id = ?'),
    }
    for (const { id, revision } of this.#statements.all.iterate())
      this.#revisionsOf(String(id)).add(Number(revision))
  }

  get ids(): readonly string[] {
    return [...this.#revisions.keys()]
  }

  /** The newest first. */
  of(id: string): readonly number[] {
    return [...(this.#revisions.get(id) ?? [])].toSorted((one, other) => other - one)
  }

  /** @returns takes it back; with `written`, in the store too */
  add(id: string, revision: number): (written: boolean) => void {
    this.#statements.add.run(id, revision)
    this.#revisionsOf(id).add(revision)
    return (written) => {
      if (written) this.#statements.remove.run(id, revision)
      const left = this.#revisionsOf(id)
      left.delete(revision)
      if (left.size === 0) this.#revisions.delete(id)
    }
  }

  /** It is decided. @returns writes it back */
  forget(id: string): () => void {
    const revisions = this.of(id)
    this.#statements.forget.run(id)
    this.#revisions.delete(id)
    return () => {
      for (const revision of revisions) this.add(id, revision)
    }
  }

  #revisionsOf(id: string): Set<number> {
    const known = this.#revisions.get(id) ?? new Set()
    this.#revisions.set(id, known)
    return known
  }
}
