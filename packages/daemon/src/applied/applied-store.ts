import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A part of what an owner's plans have made, as the store keeps it. */
export interface PartRow {
  readonly probation: string
  readonly owner: string
  readonly part: string
  /** Undefined where there is none. */
  readonly document: string | undefined
}

/** What plans have made, in the store. */
export class AppliedStore {
  readonly #statements: Readonly<Record<'all' | 'one' | 'put' | 'drop', StatementSync>>

  constructor(database: DatabaseSync) {
    this.#statements = {
      all: database.prepare('SELECT probation, owner, part, document FROM applied_parts ORDER BY rowid'),
      one: database.prepare(
        'SELECT document FROM applied_parts WHERE probation = ? AND owner = ? AND part = ?',
      ),
      put: database.prepare(
        `INSERT INTO applied_parts (probation, owner, part, document) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET document = excluded.document`,
      ),
      drop: database.prepare('DELETE FROM applied_parts WHERE probation = ? AND owner = ? AND part = ?'),
    }
  }

  all(): readonly PartRow[] {
    return this.#statements.all.all().map(({ probation, owner, part, document }) => ({
      probation: String(probation),
      owner: String(owner),
      part: String(part),
      document: String(document),
    }))
  }

  /** Writes rows, within a transaction. @returns writes back what was there */
  write(rows: readonly PartRow[]): () => void {
    const before = rows.map(({ probation, owner, part }) => {
      const found = this.#statements.one.get(probation, owner, part)
      return { probation, owner, part, document: found === undefined ? undefined : String(found.document) }
    })
    for (const row of rows) this.#write(row)
    return () => {
      for (const row of before) this.#write(row)
    }
  }

  #write({ probation, owner, part, document }: PartRow): void {
    if (document === undefined) this.#statements.drop.run(probation, owner, part)
    else this.#statements.put.run(probation, owner, part, document)
  }
}
