import { createHash } from 'node:crypto'
import {
  type Authenticator,
  type Identity,
  type Presented,
  Rejection,
  type Verdict,
} from '../authenticator.ts'
import { looksLikeKey } from '../credential-text.ts'
import { type Claims, claimOf, grantedTo } from './grants.ts'
import { IssuerKeys, type Keyring } from './issuer-keys.ts'
import type { OidcConfiguration } from './settings.ts'
import { checkToken, foreignFault, TokenFault } from './token-check.ts'

/** Characters; a token with hundreds of groups has some thousands. */
const LONGEST = 8_192
/** Tokens that are known to be right. */
const MOST_KNOWN = 10_000
/** No blank, and nothing that writes over a line or turns its direction. */
const NAME = /^[^\p{C}\p{Z}]{1,128}$/u

export interface TokenAuthenticatorOptions {
  /** Looked at for each token; undefined for none. */
  readonly settings: () => OidcConfiguration | undefined
  /** Told where nobody waits for the answer. */
  readonly onFault: (error: unknown, about: string) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly ticks?: () => number
}

interface KnownToken {
  readonly identity: Identity
  /** Milliseconds since 1970. */
  readonly until: number
}

/** An issuer as it is set, its keys, and the tokens that were right by these. */
interface Issuer {
  readonly settings: OidcConfiguration
  readonly keys: IssuerKeys
  keyring: Keyring | undefined
  /** By the SHA-256 of the token, the oldest first. */
  readonly known: Map<string, KnownToken>
}

/**
 * JSON Web Tokens of an issuer of OpenID Connect: `Authorization: Bearer eyJ…`. One that was right is known again until
 * it ends, the issuer tells other keys, or the configuration is read anew.
 */
export class TokenAuthenticator implements Authenticator {
  readonly #options: TokenAuthenticatorOptions
  readonly #now: () => number
  #issuer: Issuer | undefined

  constructor(options: TokenAuthenticatorOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  authenticate({ authorization }: Presented): Verdict | Promise<Verdict> {
    if (authorization?.scheme !== 'bearer' || looksLikeKey(authorization.credentials)) return undefined
    this.#issuer = this.#issuerNow()
    return this.#issuer && this.#verdict(authorization.credentials, this.#issuer)
  }

  /** The keys outlast a change of what does not concern them, so that an issuer may be down meanwhile. */
  #issuerNow(): Issuer | undefined {
    const settings = this.#options.settings()
    const before = this.#issuer
    if (settings === undefined || before?.settings === settings) return settings && before
    const { issuer, authorities } = settings
    const isSame = before?.settings.issuer === issuer && before.settings.authorities === authorities
    const { ticks, onFault } = this.#options
    const keys = isSame
      ? before.keys
      : new IssuerKeys({ issuer, authorities, onFault, ...(ticks === undefined ? {} : { now: ticks }) })
    return { settings, keys, keyring: undefined, known: new Map() }
  }

  async #verdict(token: string, issuer: Issuer): Promise<Verdict> {
    if (token.length > LONGEST) return new Rejection('the token is too long')
    const hash = createHash('sha256').update(token).digest('base64')
    const known = issuer.known.get(hash)
    if (known === undefined) {
      const foreign = await foreignFault(token, issuer.settings)
      if (foreign !== undefined) return rejected(foreign)
    }
    const keyring = await issuer.keys.current()
    if (known !== undefined && known.until > this.#now() && issuer.keyring === keyring) return known.identity
    issuer.known.delete(hash)
    const claims = await this.#claims(token, issuer, keyring)
    if (claims instanceof TokenFault) return rejected(claims)
    const until = (claims.exp + issuer.settings.clockSkew) * 1000
    const identity = identityOf(claims, issuer.settings, () => until > this.#now())
    if (identity instanceof Rejection) return identity
    this.#remember(issuer, hash, { identity, until })
    return identity
  }

  async #claims(token: string, issuer: Issuer, keyring: Keyring): ReturnType<typeof checkToken> {
    const { settings, keys } = issuer
    useKeyring(issuer, keyring)
    const claims = await checkToken(token, keyring, settings, this.#now())
    if (!(claims instanceof TokenFault) || !claims.isKeyUnknown) return claims
    const newer = await keys.otherThan(keyring)
    if (newer === undefined) return claims
    useKeyring(issuer, newer)
    return checkToken(token, newer, settings, this.#now())
  }

  #remember({ known }: Issuer, hash: string, token: KnownToken): void {
    const [oldest] = known.keys()
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest)
    known.set(hash, token)
  }
}

/** What was right by other keys has to be looked at again. */
function useKeyring(issuer: Issuer, keyring: Keyring): void {
  if (issuer.keyring === keyring) return
  issuer.keyring = keyring
  issuer.known.clear()
}

function identityOf(
  claims: Claims,
  settings: OidcConfiguration,
  isGood: () => boolean,
): Identity | Rejection {
  const name = claimOf(claims, settings.nameClaim)
  if (typeof name !== 'string' || !NAME.test(name))
    return new Rejection(`the claim ${settings.nameClaim} of the token is no name`)
  const permissions = grantedTo(claims, settings.groupsClaim, settings.grants)
  return { name: `oidc:${name}`, by: 'token', permissions, isGood }
}

function rejected({ reason }: TokenFault): Rejection {
  return new Rejection(`the token is not taken: ${reason}`)
}
