import type { JWTPayload } from 'jose'
import type { Keyring } from './issuer-keys.ts'
import type { OidcConfiguration } from './settings.ts'

/** Those of RFC 7518 and RFC 8037 with two keys. By `HS…` whoever knows a public key could sign with it. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Of access tokens (RFC 9068) and of those that do not say; a logout token and its like lets nobody in. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt']

/** Why a token is not taken, in words for the log. */
export class TokenFault {
  readonly reason: string
  /** Whether it may be right, by a key that was not there. */
  readonly isKeyUnknown: boolean

  constructor(reason: string, isKeyUnknown = false) {
    this.reason = reason
    this.isKeyUnknown = isKeyUnknown
  }
}

/** What can be seen without any key: what others have issued, or nobody, asks no issuer for keys. */
export async function foreignFault(
  token: string,
  { issuer }: Pick<OidcConfiguration, 'issuer'>,
): Promise<TokenFault | undefined> {
  const { decodeJwt, decodeProtectedHeader } = await import('jose')
  try {
    const { alg, typ } = decodeProtectedHeader(token)
    if (alg === undefined || !ALGORITHMS.includes(alg)) return new TokenFault('its algorithm is not taken')
    if (!TYPES.includes(typeof typ === 'string' ? typ.toLowerCase() : typ))
      return new TokenFault('it is a token for something else')
    return decodeJwt(token).iss === issuer ? undefined : new TokenFault('it has another issuer')
  } catch {
    return new TokenFault('it is no JSON Web Token')
  }
}

/** Checks signature, issuer, audience and times. @param now milliseconds since 1970 */
export async function checkToken(
  token: string,
  { find }: Pick<Keyring, 'find'>,
  { issuer, audience, clockSkew }: Pick<OidcConfiguration, 'issuer' | 'audience' | 'clockSkew'>,
  now: number,
): Promise<(JWTPayload & { readonly exp: number }) | TokenFault> {
  const { errors, jwtVerify } = await import('jose')
  try {
    const { payload } = await jwtVerify(token, find, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      clockTolerance: clockSkew,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat'],
    })
    const { exp, iat } = payload
    if (exp === undefined) return new TokenFault('it does not end')
    // The library looks at it only where tokens may have an age at most.
    if (typeof iat !== 'number' || iat > now / 1000 + clockSkew)
      return new TokenFault('it was issued in the future')
    return { ...payload, exp }
  } catch (error) {
    // Whatever the reason is, it is none to let somebody in.
    const reason = error instanceof Error ? error.message : String(error)
    return new TokenFault(reason, error instanceof errors.JWKSNoMatchingKey)
  }
}
