import type { StatementSync } from 'node:sqlite'
import { DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'

/** An answer as it is given again. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Undefined where it was too large, or is not to be kept. */
  readonly body: string | undefined
}

/** What is known of a key. */
export interface KeptKey {
  readonly id: number
  /** The hash of what was asked for. */
  readonly request: string
  /** Undefined where it was never answered. */
  readonly answer: KeptAnswer | undefined
}

/** What one caller may have kept, and all together. */
export interface KeyLimits {
  readonly keysOfOne: number
  readonly bytesOfOne: number
  readonly keys: number
  readonly bytes: number
  /** Milliseconds. */
  readonly age: number
}

export const keyLimits: KeyLimits = {
  keysOfOne: 10_000,
  bytesOfOne: 16 * 1024 ** 2,
  keys: 100_000,
  bytes: 64 * 1024 ** 2,
  age: 24 * 3_600_000,
}

/** Characters of an answer that is kept. */
const LARGEST_ANSWER = 1024 * 1024

/** Keys that are looked at together when there are too many. */
const TOGETHER = 64

interface Held {
  keys: number
  bytes: number
}

/** The keys and answers of requests that are not to be done twice. */
export class KeyStore {
  readonly #store: Store
  readonly #limits: KeyLimits
  readonly #now: () => number
  readonly #statements: Readonly<
    Record<'find' | 'insert' | 'answer' | 'drop' | 'old' | 'oldestOf' | 'oldest', StatementSync>
  >
  /** Of each caller. */
  readonly #held = new Map<string, Held>()
  readonly #all: Held = { keys: 0, bytes: 0 }

  constructor(store: Store, limits: KeyLimits = keyLimits, now: () => number = Date.now) {
    const { database } = store
    this.#store = store
    this.#limits = limits
    this.#now = now
    const columns = 'id, who, bytes'
    this.#statements = {
      find: database.prepare('SELECT * FROM idempotency_keys WHERE who = ? AND key = ?'),
      insert: database.prepare(
        'INSERT INTO idempotency_keys (who, key, request, began, bytes) VALUES (?, ?, ?, ?, 0)',
      ),
      answer: database.prepare(
        'UPDATE idempotency_keys SET status = ?, headers = ?, body = ?, bytes = ? WHERE id = ?',
      ),
      drop: database.prepare('DELETE FROM idempotency_keys WHERE id = ?'),
      old: database.prepare(
        `SELECT ${columns} FROM idempotency_keys WHERE began < ? ORDER BY id LIMIT ${TOGETHER}`,
      ),
      oldestOf: database.prepare(
        `SELECT ${columns} FROM idempotency_keys WHERE who = ? ORDER BY id LIMIT ${TOGETHER}`,
      ),
      oldest: database.prepare(`SELECT ${columns} FROM idempotency_keys ORDER BY id LIMIT ${TOGETHER}`),
    }
    const counts = 'SELECT who, count(*) AS keys, total(bytes) AS bytes FROM idempotency_keys GROUP BY who'
    for (const { who, keys, bytes } of database.prepare(counts).iterate())
      this.#count(String(who), Number(keys), Number(bytes))
  }

  /** What is known of a caller's key, unless it is too old. */
  find(who: string, key: string): KeptKey | undefined {
    const row = this.#statements.find.get(who, key)
    if (row === undefined) return undefined
    if (Number(row.began) < this.#now() - this.#limits.age) {
      this.#change(() => this.#drop(Number(row.id), who, Number(row.bytes)))
      return undefined
    }
    const status = row.status === null ? undefined : Number(row.status)
    const answer =
      status === undefined
        ? undefined
        : {
            status,
            headers: readHeaders(row.headers),
            body: row.body === null ? undefined : String(row.body),
          }
    return { id: Number(row.id), request: String(row.request), answer }
  }

  /**
   * Keeps a key before its request is begun: no end of this process forgets it then.
   * @returns its number
   * @throws DaemonError `store-failed`
   */
  begin(who: string, key: string, request: string): number {
    const { groups } = this.#store
    let id = 0
    try {
      groups.stage(
        () => {
          this.#makeRoom(who)
          id = Number(this.#statements.insert.run(who, key, request, this.#now()).lastInsertRowid)
          this.#count(who, 1, 0)
        },
        {
          done: () => undefined,
          fail: (_error, written) => {
            if (written) this.#drop(id, who, 0)
          },
        },
      )
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      throw new DaemonError('store-failed', `The store refused the key of the request: ${words}.`, error)
    }
    groups.commit()
    groups.seal()
    return id
  }

  /** Keeps the answer of a key; resolves when the disk has it, or never will. */
  answer(who: string, id: number, { status, headers, body }: KeptAnswer): Promise<void> {
    const kept = body === undefined || body.length > LARGEST_ANSWER ? null : body
    const bytes = kept?.length ?? 0
    return this.#change(() => {
      const { changes } = this.#statements.answer.run(status, JSON.stringify(headers), kept, bytes, id)
      if (changes !== 0) this.#count(who, 0, bytes)
    })
  }

  /** Forgets a key whose request has changed nothing. */
  forget(who: string, id: number): Promise<void> {
    return this.#change(() => this.#drop(id, who, 0))
  }

  /** Never rejects: a store that refuses keeps less than was promised, and has refused the change itself before. */
  #change(work: () => void): Promise<void> {
    return new Promise((resolve) => {
      const { groups } = this.#store
      try {
        groups.stage(work, { done: resolve, fail: () => resolve() })
        groups.commit()
      } catch {
        resolve()
      }
    })
  }

  #makeRoom(who: string): void {
    const { old, oldestOf, oldest } = this.#statements
    this.#dropAll(old.all(this.#now() - this.#limits.age), () => true)
    const own = this.#held.get(who)
    const { keysOfOne, bytesOfOne, keys, bytes } = this.#limits
    if (own !== undefined && (own.keys >= keysOfOne || own.bytes >= bytesOfOne))
      this.#dropAll(oldestOf.all(who), () => own.keys >= keysOfOne || own.bytes >= bytesOfOne)
    if (this.#all.keys >= keys || this.#all.bytes >= bytes)
      this.#dropAll(oldest.all(), () => this.#all.keys >= keys || this.#all.bytes >= bytes)
  }

  #dropAll(rows: ReturnType<StatementSync['all']>, isNeeded: () => boolean): void {
    for (const { id, who, bytes } of rows) {
      if (!isNeeded()) return
      this.#drop(Number(id), String(who), Number(bytes))
    }
  }

  #drop(id: number, who: string, bytes: number): void {
    if (this.#statements.drop.run(id).changes !== 0) this.#count(who, -1, -bytes)
  }

  #count(who: string, keys: number, bytes: number): void {
    const held = this.#held.get(who) ?? { keys: 0, bytes: 0 }
    for (const one of [held, this.#all]) {
      one.keys += keys
      one.bytes += bytes
    }
    if (held.keys > 0) this.#held.set(who, held)
    else this.#held.delete(who)
  }
}

function readHeaders(text: unknown): Record<string, string> {
  // What stands in the store was written here.
  const headers: Record<string, string> = JSON.parse(String(text))
  return headers
}
