import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  type Authenticator,
  type Identity,
  type Presented,
  Rejection,
  type Verdict,
} from './authenticator.ts'
import { isWellFormedKey, looksLikeKey, secretHash } from './credential-text.ts'
import type { KeyBook } from './key-book.ts'
import type { KeyRecord } from './key-store.ts'
import { isPassword, noPassword } from './password.ts'
import { TooMany } from './too-many.ts'

/** API keys: `Authorization: Bearer cm_…`. Other bearer tokens are for others to read. */
export function keyAuthenticator(book: KeyBook): Authenticator {
  return {
    challenge: 'Bearer realm="chainmail"',
    authenticate({ authorization }) {
      if (authorization?.scheme !== 'bearer' || !looksLikeKey(authorization.credentials)) return undefined
      if (!isWellFormedKey(authorization.credentials)) return new Rejection('the API key was mistyped')
      const record = book.byHash(secretHash(authorization.credentials))
      return record === undefined ? new Rejection('no such API key') : identityOf(book, record)
    },
  }
}

/** Client certificates, where the request shows nothing else. */
export function certificateAuthenticator(
  book: KeyBook,
  certificateOf: (request: IncomingMessage) => { readonly fingerprint256: string } | undefined,
): Authenticator {
  return {
    authenticate({ authorization, request }) {
      if (authorization !== undefined) return undefined
      const certificate = certificateOf(request)
      const record = certificate && book.byFingerprint(certificate.fingerprint256)
      if (record === undefined) return undefined
      const identity = identityOf(book, record)
      return { ...identity, isGood: () => identity.isGood() && certificateOf(request) !== undefined }
    },
  }
}

/** Passwords that are looked at at a time, and that wait for it: each takes tens of milliseconds and 32 MiB. */
const AT_A_TIME = 2
const MOST_WAITING = 16

/**
 * Passwords by Basic, RFC 7617, as rfw's clients send them. One that was right is known again without the slow hash: by
 * an HMAC under a key that this process has made up, so that what is in memory helps nobody to guess.
 */
export class PasswordAuthenticator implements Authenticator {
  readonly challenge = 'Basic realm="chainmail", charset="UTF-8"'
  readonly #book: KeyBook
  readonly #ownKey = randomBytes(32)
  /** By the key's number: at most one for each. */
  readonly #known = new Map<number, Buffer>()
  #busy = 0
  readonly #waiting: (() => void)[] = []

  constructor(book: KeyBook) {
    this.#book = book
  }

  async authenticate({ authorization }: Presented): Promise<Verdict> {
    if (authorization?.scheme !== 'basic') return undefined
    const text = Buffer.from(authorization.credentials, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon === -1) return new Rejection('the credentials have no colon')
    const password = text.slice(colon + 1)
    const record = this.#book.byName(text.slice(0, colon))
    const digest = createHmac('sha256', this.#ownKey).update(password).digest()
    const known = record && this.#known.get(record.id)
    if (record !== undefined && known !== undefined && timingSafeEqual(digest, known))
      return identityOf(this.#book, record)
    const isRight = await this.#inTurn(() => isPassword(password, record?.secret ?? noPassword))
    if (record === undefined || !isRight) return new Rejection('wrong name or password')
    // It may have been revoked meanwhile.
    if (this.#book.byName(record.name) !== record) return new Rejection('revoked')
    this.#known.set(record.id, digest)
    return identityOf(this.#book, record)
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length >= MOST_WAITING)
      throw new TooMany('too-many-attempts', 'Too many passwords are being looked at.', 1)
    if (this.#busy >= AT_A_TIME) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#busy++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy--
      else next()
    }
  }
}

function identityOf(book: KeyBook, record: KeyRecord): Identity {
  book.use(record)
  const { name, kind: by, permissions } = record
  return { name, by, permissions, isGood: () => book.isGood(record) }
}
