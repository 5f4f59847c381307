import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import { DaemonError } from '../../errors.ts'
import { readDocument } from './issuer-document.ts'
import { discoveryUrl } from './issuer-url.ts'

/** The keys that an issuer has told last. */
export interface Keyring {
  readonly find: JWTVerifyGetKey
  /** As they were told, to see whether others were told since. */
  readonly text: string
}

/** Milliseconds after which the keys are asked for anew, while those that are there go on. */
const FRESH = 10 * 60_000
/** Milliseconds for which they go on while the issuer does not answer: one that was withdrawn must not last for ever. */
const LONGEST_USE = 24 * 3_600_000
/** Milliseconds between two questions, whoever sends tokens with keys that nobody knows. */
const COOL_DOWN = 30_000
/** The same where the last one had no answer. */
const COOL_DOWN_FAILED = 5_000

export interface IssuerKeysOptions {
  readonly issuer: string
  readonly authorities: string | undefined
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number
  /** Told where nobody waits for the answer. */
  readonly onFault: (error: unknown, about: string) => void
}

/**
 * The public keys of an issuer, by discovery.
 *
 * 1. Tokens are checked with what is there; that it is not new any more keeps no token waiting.
 * 2. A key that is not known is asked for at once, but no oftener than the cool-down allows.
 * 3. An issuer that is down stops only those tokens for which there are no keys.
 */
export class IssuerKeys {
  readonly #issuer: string
  readonly #authorities: string | undefined
  readonly #now: () => number
  readonly #onFault: (error: unknown, about: string) => void
  #keyring: Keyring | undefined
  #learnedAt = 0
  /** The last question that has ended, and what kept it from an answer. */
  #asked: { readonly at: number; readonly failure: DaemonError | undefined } | undefined
  #asking: Promise<Keyring> | undefined

  constructor({ issuer, authorities, now = () => performance.now(), onFault }: IssuerKeysOptions) {
    this.#issuer = issuer
    this.#authorities = authorities
    this.#now = now
    this.#onFault = onFault
  }

  /** @throws DaemonError `issuer-unreachable` */
  async current(): Promise<Keyring> {
    const age = this.#now() - this.#learnedAt
    if (this.#keyring === undefined || age > LONGEST_USE) {
      this.#throwRecentFailure()
      return this.#ask()
    }
    if (age > FRESH && this.#mayAsk())
      this.#ask().catch((error) => this.#onFault(error, 'the keys of the issuer could not be asked for anew'))
    return this.#keyring
  }

  /**
   * What the issuer tells now, for a token whose key was not among those given.
   * @returns undefined where it is known, or was just told, that there are no others
   * @throws DaemonError `issuer-unreachable`
   */
  async otherThan(known: Keyring): Promise<Keyring | undefined> {
    if (this.#keyring !== undefined && this.#keyring !== known) return this.#keyring
    if (this.#asking === undefined && !this.#mayAsk()) {
      this.#throwRecentFailure()
      return undefined
    }
    const told = await this.#ask()
    return told === known ? undefined : told
  }

  #mayAsk(): boolean {
    if (this.#asked === undefined) return true
    const { at, failure } = this.#asked
    return this.#now() - at >= (failure === undefined ? COOL_DOWN : COOL_DOWN_FAILED)
  }

  #throwRecentFailure(): void {
    const failure = this.#asked?.failure
    if (failure !== undefined && !this.#mayAsk()) throw failure
  }

  /** Asks once, however many wait for it. */
  #ask(): Promise<Keyring> {
    this.#asking ??= this.#learn().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #learn(): Promise<Keyring> {
    try {
      const told = await this.#read()
      const text = JSON.stringify(told)
      if (this.#keyring?.text !== text) {
        const { createLocalJWKSet } = await import('jose')
        this.#keyring = { find: createLocalJWKSet(told), text }
      }
      this.#learnedAt = this.#now()
      this.#asked = { at: this.#learnedAt, failure: undefined }
      return this.#keyring
    } catch (error) {
      const failure = new DaemonError(
        'issuer-unreachable',
        'The issuer of the token does not tell its keys at the moment, so that the token cannot be checked: try again later, or use an API key.',
        error,
      )
      this.#asked = { at: this.#now(), failure }
      throw failure
    }
  }

  async #read(): Promise<JSONWebKeySet> {
    const configuration = await readDocument(discoveryUrl(this.#issuer), this.#authorities)
    if (!isObject(configuration) || configuration.issuer !== this.#issuer)
      throw new Error(`what answers at ${this.#issuer} does not call itself so`)
    const place = configuration.jwks_uri
    if (typeof place !== 'string' || !URL.canParse(place))
      throw new Error(`${this.#issuer} does not tell where its keys are`)
    if (this.#issuer.startsWith('https:') && !place.startsWith('https:'))
      throw new Error(`the keys of ${this.#issuer} are not read from ${place}, which is not encrypted`)
    const told = await readDocument(new URL(place), this.#authorities)
    if (!isObject(told) || !Array.isArray(told.keys)) throw new Error(`${place} holds no keys`)
    return { keys: told.keys.filter(isVerifying) }
  }
}

/** A public key. Secrets that two share are none of an issuer's, and must not check anything. */
function isVerifying(key: unknown): boolean {
  return isObject(key) && (key.kty === 'RSA' || key.kty === 'EC' || key.kty === 'OKP')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
