import { timingSafeEqual } from 'node:crypto'
import { ChainmailError } from 'chainmail'
import { DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'
import { newKey, secretHash } from './credential-text.ts'
import { type KeyKind, type KeyRecord, KeyStore } from './key-store.ts'
import { passwordHash } from './password.ts'
import type { Permissions } from './permissions.ts'

/** What a new key is to be. With neither a certificate nor a password it is an API key. */
export interface NewKey {
  readonly name: string
  readonly permissions: Permissions
  /** Milliseconds since 1970; absent for one that does not expire. */
  readonly expires?: number | undefined
  /** The SHA-256 of a client certificate: 64 hexadecimal digits, colons between them or not. */
  readonly certificate?: string | undefined
  readonly password?: string | undefined
}

export interface MadeKey {
  readonly record: KeyRecord
  /** The API key itself, which is known only now; absent for other kinds. */
  readonly key: string | undefined
}

export interface ListedKey extends KeyRecord {
  /** Milliseconds since 1970, to about a quarter of an hour after a restart; absent for one that was not used yet. */
  readonly used: number | undefined
}

/** Letters, digits and some signs: no blank, no colon (which ends the name in Basic, RFC 7617), nothing to escape. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/

/** What the history calls ways in and the daemon itself. */
const RESERVED: ReadonlySet<string> = new Set([
  'socket',
  'loopback',
  'https',
  'rfw',
  'daemon',
  'chainmail',
  'nobody',
])

const FINGERPRINT = /^[0-9A-F]{64}$/
const SHORTEST_PASSWORD = 8
const LONGEST_PASSWORD = 1_024
const MOST_KEYS = 10_000

/** Milliseconds between two times at which the store is told when keys were used: not at each request. */
const USE_KEPT_EVERY = 15 * 60_000

export interface KeyBookOptions {
  readonly store: Store
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault?: (error: unknown, about: string) => void
}

/**
 * API keys, passwords and certificates, and what each may do. All of them are held in memory: a request asks the store
 * nothing. One that is revoked, or has expired, is not found from that moment.
 */
export class KeyBook {
  readonly #store: KeyStore
  readonly #now: () => number
  readonly #onFault: (error: unknown, about: string) => void
  readonly #records = new Map<number, KeyRecord>()
  /** Those that were not revoked. */
  readonly #byName = new Map<string, KeyRecord>()
  /** By the beginning of their hash: what follows is compared in constant time. */
  readonly #byHash = new Map<string, KeyRecord>()
  readonly #byFingerprint = new Map<string, KeyRecord>()
  readonly #used = new Map<number, number>()
  readonly #unkept = new Set<number>()
  #keptAt: number

  constructor({ store, now = Date.now, onFault = () => undefined }: KeyBookOptions) {
    this.#store = new KeyStore(store)
    this.#now = now
    this.#onFault = onFault
    this.#keptAt = now()
    for (const { record, used } of this.#store.all()) {
      this.#records.set(record.id, record)
      if (used !== undefined) this.#used.set(record.id, used)
      if (record.revoked === undefined) this.#index(record)
    }
  }

  /**
   * @throws ChainmailError `bad-request`, with the path of the member at fault; DaemonError `key-exists`, `store-failed`
   */
  async create({ name, permissions, expires, certificate, password }: NewKey): Promise<MadeKey> {
    if (!NAME.test(name) || RESERVED.has(name.toLowerCase()))
      throw wrong(
        'name',
        `${JSON.stringify(name.slice(0, 70))} cannot be the name of a key: 1 to 64 letters, digits, and . _ @ - behind the first, and none of ${[...RESERVED].join(', ')}`,
      )
    if (expires !== undefined && expires <= this.#now()) throw wrong('expires', 'it lies in the past')
    if (certificate !== undefined && password !== undefined)
      throw wrong('password', 'a key has a certificate or a password, not both')
    const kind: KeyKind =
      certificate !== undefined ? 'certificate' : password !== undefined ? 'password' : 'key'
    const key = kind === 'key' ? newKey() : undefined
    const secret = await secretOf({ key, certificate, password })
    // From here on nothing waits, so that two requests cannot take the same name.
    if (this.#byName.has(name))
      throw new DaemonError('key-exists', `There is a key ${name}: revoke it first, or take another name.`)
    if (kind === 'certificate' && this.#byFingerprint.has(secret))
      throw new DaemonError(
        'key-exists',
        `The certificate is ${this.#byFingerprint.get(secret)?.name}'s already.`,
      )
    if (this.#byName.size >= MOST_KEYS) throw wrong('name', `there are ${MOST_KEYS} keys, which is the most`)
    const record = this.#store.add({ name, kind, secret, permissions, created: this.#now(), expires })
    this.#records.set(record.id, record)
    this.#index(record)
    return { record, key }
  }

  /** Every key, those that were revoked too, the oldest first. */
  list(): ListedKey[] {
    return Array.from(this.#records.values(), (record) => ({ ...record, used: this.#used.get(record.id) }))
  }

  /** Whether there is a key of this name that was not revoked. */
  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /** Takes a key back, from the next request on. @throws DaemonError `key-not-found`, `store-failed` */
  revoke(name: string): void {
    const record = this.#byName.get(name)
    if (record === undefined)
      throw new DaemonError(
        'key-not-found',
        `There is no key ${JSON.stringify(name.slice(0, 70))} that is not revoked.`,
      )
    const revoked = this.#now()
    this.#store.revoke(record, revoked)
    this.#records.set(record.id, { ...record, revoked })
    this.#byName.delete(name)
    this.#byHash.delete(shortOf(record.secret))
    this.#byFingerprint.delete(record.secret)
  }

  /** Whose API key has this hash. */
  byHash(hash: Buffer): KeyRecord | undefined {
    const text = hash.toString('hex')
    const found = this.#byHash.get(shortOf(text))
    if (found === undefined || !timingSafeEqual(hash, Buffer.from(found.secret, 'hex'))) return undefined
    return this.#live(found)
  }

  /** Whose certificate has this fingerprint. */
  byFingerprint(fingerprint: string): KeyRecord | undefined {
    return this.#live(this.#byFingerprint.get(plainFingerprint(fingerprint)))
  }

  /** Who has this name, and a password. */
  byName(name: string): KeyRecord | undefined {
    const found = this.#byName.get(name)
    return found?.kind === 'password' ? this.#live(found) : undefined
  }

  /** Whether a key was neither revoked nor has expired since it was found. */
  isGood(record: KeyRecord): boolean {
    return this.#byName.get(record.name) === record && this.#live(record) !== undefined
  }

  /** Remembers that a key was used now. */
  use({ id }: KeyRecord): void {
    const now = this.#now()
    this.#used.set(id, now)
    this.#unkept.add(id)
    if (now - this.#keptAt >= USE_KEPT_EVERY) this.keepUses()
  }

  /** Tells the store when keys were used. Never throws. */
  keepUses(): void {
    this.#keptAt = this.#now()
    if (this.#unkept.size === 0) return
    try {
      this.#store.use(Array.from(this.#unkept, (id) => [id, this.#used.get(id) ?? this.#keptAt] as const))
      this.#unkept.clear()
    } catch (error) {
      this.#onFault(error, 'when keys were last used could not be kept')
    }
  }

  #live(record: KeyRecord | undefined): KeyRecord | undefined {
    return record?.expires !== undefined && record.expires <= this.#now() ? undefined : record
  }

  #index(record: KeyRecord): void {
    this.#byName.set(record.name, record)
    if (record.kind === 'key') this.#byHash.set(shortOf(record.secret), record)
    if (record.kind === 'certificate') this.#byFingerprint.set(record.secret, record)
  }
}

async function secretOf({
  key,
  certificate,
  password,
}: Pick<NewKey, 'certificate' | 'password'> & { readonly key: string | undefined }): Promise<string> {
  if (key !== undefined) return secretHash(key).toString('hex')
  if (certificate !== undefined) {
    const fingerprint = plainFingerprint(certificate)
    if (FINGERPRINT.test(fingerprint)) return fingerprint
    throw wrong('certificate', 'it is no SHA-256 fingerprint, which has 64 hexadecimal digits')
  }
  if (password === undefined || password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD)
    throw wrong('password', `it has to have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`)
  return passwordHash(password)
}

function plainFingerprint(text: string): string {
  return text.replaceAll(':', '').toUpperCase()
}

/** 64 bits of a hash, in hexadecimal digits. */
function shortOf(hash: string): string {
  return hash.slice(0, 16)
}

function wrong(path: string, what: string): ChainmailError {
  return new ChainmailError('bad-request', `${path}: ${what}.`, { path })
}
