import { createHmac, createPublicKey } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Rejection, type Verdict } from '../authenticator.ts'
import type { OidcConfiguration } from './settings.ts'
import { openTestIssuer, type TestIssuer, tokenSeconds } from './test-issuer.ts'
import { TokenAuthenticator } from './token-authenticator.ts'

const minute = 60_000
const request = new IncomingMessage(new Socket())

let issuer: TestIssuer
let settings: OidcConfiguration | undefined
/** Milliseconds by which both clocks are wrong. */
let shift = 0
let faults: unknown[] = []
let authenticator: TokenAuthenticator

function fresh(): TokenAuthenticator {
  return new TokenAuthenticator({
    settings: () => settings,
    onFault: (error) => void faults.push(error),
    now: () => Date.now() + shift,
    ticks: () => performance.now() + shift,
  })
}

beforeEach(async () => {
  issuer = await openTestIssuer(['staff', 'soc'])
  shift = 0
  faults = []
  settings = {
    issuer: issuer.url,
    audience: 'chainmail',
    nameClaim: 'sub',
    groupsClaim: 'groups',
    grants: [
      { group: 'admins', permissions: { everything: true } },
      { group: 'soc', permissions: { ban: { longest: 3_600 } } },
      { group: 'staff', permissions: { read: true } },
    ],
    clockSkew: 60,
    authorities: undefined,
  }
  authenticator = fresh()
})
afterEach(() => issuer[Symbol.asyncDispose]())

async function ask(credentials: string): Promise<Verdict> {
  return authenticator.authenticate({ authorization: { scheme: 'bearer', credentials }, request })
}

const deploy = {
  name: 'oidc:deploy',
  by: 'token',
  permissions: { ban: { longest: 3_600 } },
  isGood: expect.any(Function),
}

function parts(token: string): [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}

describe('a token of the issuer', () => {
  it('tells who it is, and allows what the first group that it names may do', async () => {
    expect(await ask(await issuer.token())).toEqual(deploy)
  })

  it('allows nothing where none of its groups may do anything, or there is no such claim', async () => {
    const nothing = { ...deploy, permissions: {} }
    const token = await issuer.token()
    for (const change of [{ grants: [] }, { groupsClaim: 'roles' }, { groupsClaim: 'realm_access' }]) {
      settings = settings && { ...settings, ...change }
      expect(await ask(token)).toEqual(nothing)
    }
  })

  it('may name its groups in a claim within another, and the name in another claim', async () => {
    settings = settings && { ...settings, groupsClaim: 'realm_access.roles', nameClaim: 'client_id' }
    expect(await ask(await issuer.token())).toEqual(deploy)
    settings = settings && { ...settings, nameClaim: 'groups' }
    expect(await ask(await issuer.token())).toBeInstanceOf(Rejection)
  })

  it('is known again without a question, until it ends', async () => {
    const token = await issuer.token()
    expect(await ask(token)).toEqual(deploy)
    issuer.down(true)
    for (let again = 0; again < 10; again++) expect(await ask(token)).toEqual(deploy)
    expect(issuer.keyQuestions).toBe(1)
    shift = tokenSeconds * 1000 + 2 * minute
    expect(await ask(token)).toBeInstanceOf(Rejection)
  })

  it('is taken within the skew of the clocks, and refused beyond it', async () => {
    const token = await issuer.token()
    for (const [seconds, isTaken] of [
      [tokenSeconds + 30, true],
      [tokenSeconds + 90, false],
      [-30, true],
      [-90, false],
    ] as const) {
      authenticator = fresh()
      shift = seconds * 1000
      const verdict = await ask(token)
      expect([seconds, verdict instanceof Rejection]).toEqual([seconds, !isTaken])
    }
  })

  it('for another audience, or of another issuer, is refused', async () => {
    expect(await ask(await issuer.token('urn:payroll'))).toBeInstanceOf(Rejection)
    await using other = await openTestIssuer(['admins'])
    expect(await ask(await other.token())).toBeInstanceOf(Rejection)
    // What others have issued makes nobody ask for keys.
    expect([issuer.keyQuestions, other.keyQuestions]).toEqual([1, 0])
  })

  it('is looked at anew when the configuration was read again, with the keys that are known', async () => {
    const token = await issuer.token()
    await ask(token)
    issuer.down(true)
    settings = settings && { ...settings, grants: [{ group: 'staff', permissions: { read: true } }] }
    expect(await ask(token)).toEqual({ ...deploy, permissions: { read: true } })
    settings = undefined
    expect(await ask(token)).toBeUndefined()
  })
})

describe('a forged token', () => {
  it('is refused with its payload or its signature changed', async () => {
    const [header, payload, signature] = parts(await issuer.token())
    const admin = encoded({ ...decoded(payload), groups: ['admins'] })
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    for (const token of [
      `${header}.${admin}.${signature}`,
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.`,
      payload,
      'x'.repeat(9_000),
      'a.b.c',
    ])
      expect([token, await ask(token)]).toEqual([token, expect.any(Rejection)])
  })

  it('is refused without an algorithm, in whatever letters', async () => {
    const [, payload] = parts(await issuer.token())
    for (const alg of ['none', 'None', 'NONE', '', undefined])
      expect(await ask(`${encoded({ alg, typ: 'JWT' })}.${payload}.`)).toBeInstanceOf(Rejection)
  })

  it('is refused when it is signed with the public key as if that were a secret', async () => {
    const [key] = await issuer.publicKeys()
    const [, payload] = parts(await issuer.token())
    if (key === undefined) throw new Error('the issuer has no key')
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' })
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(key),
      String(key.n),
    ]
    for (const secret of secrets) {
      const signed = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${payload}`
      const signature = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await ask(`${signed}.${signature}`)).toBeInstanceOf(Rejection)
    }
  })

  it('is refused when it brings its own key, or says where one is', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const [, payload] = parts(await issuer.token())
    const own = await exportJWK(publicKey)
    for (const header of [{ kid: 'key-1' }, { jwk: own }, { jku: `${issuer.url}/jwks` }])
      expect(await ask(await signed(privateKey, decoded(payload), header))).toBeInstanceOf(Rejection)
  })

  it('of a key that nobody knows makes the issuer be asked once, not each time', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const token = await issuer.token()
    const [, payload] = parts(token)
    expect(await ask(token)).toEqual(deploy)
    shift += minute
    for (let attempt = 0; attempt < 20; attempt++) {
      const forged = await signed(privateKey, decoded(payload), { kid: `other-${attempt}` })
      expect(await ask(forged)).toBeInstanceOf(Rejection)
    }
    expect(issuer.keyQuestions).toBe(2)
    expect(await ask(token)).toEqual(deploy)
  })
})

describe('the keys of the issuer', () => {
  it('are asked for anew when it signs with another one; what the old one has signed ends with it', async () => {
    const old = await issuer.token()
    expect(await ask(old)).toEqual(deploy)
    await issuer.rotate()
    shift += minute
    expect(await ask(await issuer.token())).toEqual(deploy)
    expect(await ask(old)).toBeInstanceOf(Rejection)
  })

  it('go on while it is down, for a day', async () => {
    await ask(await issuer.token())
    settings = settings && { ...settings, clockSkew: 1e6 }
    const token = await issuer.token()
    issuer.down(true)
    shift = 23 * 60 * minute
    expect(await ask(token)).toEqual(deploy)
    await expect.poll(() => faults).toEqual([expect.objectContaining({ code: 'issuer-unreachable' })])
    shift = 25 * 60 * minute
    await expect(ask(token)).rejects.toMatchObject({ code: 'issuer-unreachable' })
  })

  it('that cannot be had make no login fail, but are a fault of the issuer', async () => {
    const token = await issuer.token()
    issuer.down(true)
    await expect(ask(token)).rejects.toMatchObject({ code: 'issuer-unreachable' })
    issuer.down(false)
    // Nobody asks in vain again and again.
    await expect(ask(token)).rejects.toMatchObject({ code: 'issuer-unreachable' })
    shift = minute
    expect(await ask(token)).toEqual(deploy)
  })

  it('are not taken from what calls itself otherwise', async () => {
    const token = await issuer.token()
    settings = settings && { ...settings, issuer: issuer.url.replace('127.0.0.1', 'localhost') }
    const [, payload] = parts(token)
    const { privateKey } = await generateKeyPair('RS256')
    const claims = { ...decoded(payload), iss: settings?.issuer }
    await expect(ask(await signed(privateKey, claims, {}))).rejects.toMatchObject({
      code: 'issuer-unreachable',
      cause: expect.objectContaining({ message: expect.stringContaining('does not call itself so') }),
    })
  })
})

function signed(key: CryptoKey, claims: Record<string, unknown>, header: object): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', ...header }).sign(key)
}
