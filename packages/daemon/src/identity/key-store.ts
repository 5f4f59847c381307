import type { StatementSync } from 'node:sqlite'
import { DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Permissions, readPermissions } from './permissions.ts'

export const keyKinds = ['key', 'password', 'certificate'] as const
export type KeyKind = (typeof keyKinds)[number]

/** Somebody who may do something. Times are milliseconds since 1970. */
export interface KeyRecord {
  readonly id: number
  readonly name: string
  readonly kind: KeyKind
  /** What the credential is checked against; never told. */
  readonly secret: string
  readonly permissions: Permissions
  readonly created: number
  /** Absent for one that does not expire. */
  readonly expires: number | undefined
  readonly revoked: number | undefined
}

/** The keys of the store. A key that was revoked stays, so that the history's names keep their meaning. */
export class KeyStore {
  readonly #store: Store
  readonly #statements: Readonly<Record<'all' | 'insert' | 'revoke' | 'use', StatementSync>>

  constructor(store: Store) {
    this.#store = store
    const { database } = store
    const columns = 'name, kind, secret, permissions, created, expires'
    this.#statements = {
      all: database.prepare(`SELECT id, ${columns}, used, revoked FROM keys ORDER BY id`),
      insert: database.prepare(`INSERT INTO keys (${columns}) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`),
      revoke: database.prepare('UPDATE keys SET revoked = ? WHERE id = ?'),
      use: database.prepare('UPDATE keys SET used = ? WHERE id = ?'),
    }
  }

  /** Every key, the oldest first, and when each was last used. @throws DaemonError `store-corrupt` */
  all(): { readonly record: KeyRecord; readonly used: number | undefined }[] {
    return this.#statements.all.all().map(({ id, name, kind, secret, permissions, created, ...times }) => ({
      record: {
        id: Number(id),
        name: String(name),
        kind: kindOf(kind),
        secret: String(secret),
        permissions: readKept(String(permissions), String(name)),
        created: Number(created),
        expires: timeOf(times.expires),
        revoked: timeOf(times.revoked),
      },
      used: timeOf(times.used),
    }))
  }

  /** @throws DaemonError `store-failed` */
  add(record: Omit<KeyRecord, 'id' | 'revoked'>): KeyRecord {
    const { name, kind, secret, permissions, created, expires } = record
    const row = this.#write(() =>
      this.#statements.insert.get(name, kind, secret, JSON.stringify(permissions), created, expires ?? null),
    )
    return { ...record, id: Number(row?.id), revoked: undefined }
  }

  /** @throws DaemonError `store-failed` */
  revoke({ id }: KeyRecord, now: number): void {
    this.#write(() => this.#statements.revoke.run(now, id))
  }

  /** Keeps when keys were last used. @throws DaemonError `store-failed` */
  use(times: Iterable<readonly [id: number, used: number]>): void {
    this.#write(() => {
      for (const [id, used] of times) this.#statements.use.run(used, id)
    })
  }

  #write<Result>(work: () => Result): Result {
    try {
      return this.#store.transaction(work)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      throw new DaemonError('store-failed', `The store refused the change of the keys: ${words}.`, error)
    }
  }
}

function kindOf(value: unknown): KeyKind {
  return keyKinds.find((kind) => kind === value) ?? 'key'
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function readKept(text: string, name: string): Permissions {
  try {
    return readPermissions(JSON.parse(text))
  } catch (error) {
    throw new DaemonError(
      'store-corrupt',
      `The permissions of the key ${name} in the store cannot be read.`,
      error,
    )
  }
}
