import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issueClient, issueServer, makeAuthority, validFor } from './certificates/issue.ts'
import { connect, type RemoteDaemon } from './client.ts'
import { clientCertificateOf } from './doors/client-certificate.ts'
import { openTestHttps, type TestHttps } from './doors/test-https.ts'

let https: TestHttps
let asked = 0

function handler(request: IncomingMessage, response: ServerResponse): void {
  asked++
  const { authorization } = request.headers
  response.end(JSON.stringify({ authorization, client: clientCertificateOf(request)?.name }))
}

beforeEach(async () => {
  https = await openTestHttps(handler)
  asked = 0
})
afterEach(() => https[Symbol.asyncDispose]())

const ask = (remote: Partial<RemoteDaemon>): Promise<unknown> =>
  connect({ remote: { url: https.url, ...remote } }).request('GET', '/v1/bans')

describe('a daemon in the network', () => {
  it('is asked when its authority is trusted', async () => {
    const client = connect({ remote: { url: https.url, ca: https.ca } })
    expect(client.place).toBe(https.url)
    expect(await client.request('GET', '/v1/bans')).toEqual({})
    expect(await client.request('GET', '/v1/bans')).toEqual({})
  })

  it('is told an API key and a client certificate', async () => {
    const { certificate, key } = https.folder.issueClient('alice', 1)
    expect(await ask({ ca: https.ca, apiKey: 'secret\n' })).toEqual({ authorization: 'Bearer secret' })
    expect(await ask({ ca: https.ca, certificate, key })).toEqual({ client: 'alice' })
    expect(await ask({ ca: https.ca, certificate: certificate + key })).toEqual({ client: 'alice' })
  })

  it('is trusted by the fingerprint of its authority or of its certificate, however that is written', async () => {
    const authority = new X509Certificate(https.ca).fingerprint256
    const own = https.certificates.certificate.fingerprint256
    expect(https.certificates.fingerprint).toBe(authority)
    for (const fingerprint of [authority, own, own.toLowerCase().replaceAll(':', '')])
      expect(await ask({ fingerprint })).toEqual({})
  })

  it('is trusted by the fingerprint of its certificate under any name, and of its authority under its own', async () => {
    const authority = makeAuthority('other', validFor(9))
    const server = issueServer(authority, { names: ['fw.example.org'], addresses: [] }, validFor(1))
    const certificate = https.file('s.pem', server.certificate + authority.certificate + server.key)
    await using other = await openTestHttps(handler, { certificate, names: ['127.0.0.1'] })
    const fingerprintOf = (pem: string) => new X509Certificate(pem).fingerprint256
    expect(await ask({ url: other.url, fingerprint: fingerprintOf(server.certificate) })).toEqual({})
    await expect(
      ask({ url: other.url, fingerprint: fingerprintOf(authority.certificate) }),
    ).rejects.toMatchObject({ code: 'daemon-not-trusted' })
  })

  it.each([
    ['no authority', () => ({})],
    ['another authority', () => ({ ca: makeAuthority('another', validFor(1)).certificate })],
    ['another fingerprint', () => ({ fingerprint: 'ab'.repeat(32) })],
  ])('is not trusted with %s, and told nothing', async (_, trust) => {
    const { certificate, key } = issueClient(https.folder.authority(), 'alice', validFor(1))
    const refused = ask({ ...trust(), apiKey: 'secret', certificate, key })
    await expect(refused).rejects.toMatchObject({
      name: 'DaemonError',
      code: 'daemon-not-trusted',
      message: expect.stringContaining(https.url),
    })
    expect(asked).toBe(0)
  })

  it('is not told an authority that lends its fingerprint to another one', async () => {
    // A forger shows the real authority's certificate behind his own.
    const forger = makeAuthority('chainmail CA', validFor(9))
    const server = issueServer(forger, { names: [], addresses: ['127.0.0.1'] }, validFor(1))
    const certificate = https.file('s.pem', server.certificate + https.ca + server.key)
    await using other = await openTestHttps(handler, { certificate })
    const fingerprint = new X509Certificate(https.ca).fingerprint256
    await expect(ask({ url: other.url, fingerprint })).rejects.toMatchObject({ code: 'daemon-not-trusted' })
    expect(asked).toBe(0)
  })

  it('that does not answer is told of', async () => {
    const { url } = https
    await https.doors.close(0)
    for (const trust of [{ ca: https.ca }, { fingerprint: 'ab'.repeat(32) }])
      await expect(ask({ url, ...trust })).rejects.toMatchObject({
        code: 'no-daemon',
        message: `No daemon answers on ${url}: is it running?`,
      })
  })

  it('may be plain HTTP on loopback', async () => {
    await expect(ask({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'no-daemon' })
  })

  it.each([
    ['http://192.0.2.1:7390', 'is not encrypted'],
    ['http://localhost.evil.example', 'is not encrypted'],
    ['fw.example.org', 'is not https://HOST:PORT'],
    ['https://user:word@fw.example.org', 'is not https://HOST:PORT'],
    ['https://fw.example.org/v1', 'is not https://HOST:PORT'],
    ['ftp://fw.example.org', 'is not https://HOST:PORT'],
  ])('is not looked for at %s', (url, words) => {
    expect(() => connect({ remote: { url } })).toThrow(
      expect.objectContaining({ code: 'bad-setting', message: expect.stringContaining(words) }),
    )
  })

  it.each([{ apiKey: '' }, { apiKey: 'two words' }, { apiKey: 'a\r\nx: b' }, { fingerprint: 'abc' }])(
    'is not asked with %j',
    (remote) => {
      expect(() => connect({ remote: { url: 'https://localhost', ...remote } })).toThrow(
        expect.objectContaining({ code: 'bad-setting' }),
      )
    },
  )
})
