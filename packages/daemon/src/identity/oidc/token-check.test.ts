import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkToken, foreignFault, TokenFault } from './token-check.ts'

const now = 1_800_000_000_000
const seconds = now / 1000
const settings = { issuer: 'https://login.example.org', audience: 'chainmail', clockSkew: 60 }
const right = { iss: settings.issuer, aud: settings.audience, iat: seconds, exp: seconds + 600, sub: 'alice' }

let sign: (claims: JWTPayload, header?: object) => Promise<string>
let find: ReturnType<typeof createLocalJWKSet>

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one' }
  find = createLocalJWKSet({ keys: [jwk, { kty: 'oct', k: 'c2VjcmV0', kid: 'two' }] })
  sign = (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(privateKey)
})

/** Whether a token with these claims, and others taken away, is taken. */
async function isTaken(claims: Record<string, unknown>): Promise<boolean> {
  const token = await sign(
    Object.fromEntries(Object.entries({ ...right, ...claims }).filter(([, it]) => it !== undefined)),
  )
  return !((await checkToken(token, { find }, settings, now)) instanceof TokenFault)
}

describe('a token that is signed by the issuer', () => {
  it.each([
    [{}],
    [{ aud: ['payroll', 'chainmail'] }],
    [{ nbf: seconds + 59 }],
    [{ iat: seconds + 59 }],
    [{ exp: seconds - 59 }],
  ])('is taken with %j', async (claims) => expect(await isTaken(claims)).toBe(true))

  it.each([
    [{ nbf: seconds + 61 }],
    [{ nbf: 'now' }],
    [{ iat: seconds + 61 }],
    [{ iat: undefined }],
    [{ iat: String(seconds) }],
    [{ exp: seconds - 61 }],
    [{ exp: undefined }],
    [{ exp: null }],
    [{ exp: '9999999999' }],
    [{ aud: 'chainmail2' }],
    [{ aud: ['payroll'] }],
    [{ aud: [] }],
    [{ aud: undefined }],
    [{ iss: `${settings.issuer}/` }],
    [{ iss: 'http://login.example.org' }],
    [{ iss: [settings.issuer] }],
    [{ iss: undefined }],
  ])('is refused with %j', async (claims) => expect(await isTaken(claims)).toBe(false))

  it.each([
    ['logout+jwt', false],
    ['secevent+jwt', false],
    ['dpop+jwt', false],
    ['JWT', true],
    ['application/at+jwt', true],
    [undefined, true],
  ])('is known by its type %s as what it is for', async (typ, isTakenThen) => {
    const token = await sign(right, typ === undefined ? {} : { typ })
    expect((await foreignFault(token, settings)) === undefined).toBe(isTakenThen)
  })

  it('is refused when its header has what has to be understood and is not', async () => {
    const [, payload, signature] = (await sign(right)).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', crit: ['exp'], exp: 1 })).toString(
      'base64url',
    )
    expect(await checkToken(`${header}.${payload}.${signature}`, { find }, settings, now)).toBeInstanceOf(
      TokenFault,
    )
  })

  it.each(['../one', 'one\u0000', "one' OR '1'='1", 'two', '', 'x'.repeat(5_000)])(
    'by a key of another name, %j, is refused',
    async (kid) =>
      expect(await checkToken(await sign(right, { kid }), { find }, settings, now)).toBeInstanceOf(
        TokenFault,
      ),
  )
})
