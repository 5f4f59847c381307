import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { issueClient, issueServer, makeAuthority, validFor } from '../certificates/issue.ts'
import { clientCertificateOf } from './client-certificate.ts'
import { doorOf } from './http-server.ts'
import { openTestHttps, type TestHttps } from './test-https.ts'

let https: TestHttps

/** Answers with the door that the request came in by, and who the client is. */
function handler(request: IncomingMessage, response: ServerResponse): void {
  response.end(JSON.stringify({ door: doorOf(request), client: clientCertificateOf(request) ?? 'none' }))
}

beforeEach(async () => {
  https = await openTestHttps(handler)
})
afterEach(() => https[Symbol.asyncDispose]())

async function get(options: RequestOptions = {}): Promise<{ status: number | undefined; body: string }> {
  const where = { host: '127.0.0.1', port: https.port, path: '/', ca: https.ca, agent: false }
  const sent = httpsRequest({ ...where, ...options })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('no response')
  return { status: response.statusCode, body: await text(response) }
}

async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const connection = connect({ host: '127.0.0.1', port: https.port, ca: https.ca, ...options })
  await once(connection, 'secureConnect')
  return connection
}

async function curl(...words: string[]): Promise<string> {
  try {
    return (await runCommand('curl', ['--silent', '--show-error', '--max-time', '10', ...words])).stdout
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  }
}

describe('the HTTPS door', () => {
  it('answers who trusts its authority, by each of its names', async () => {
    expect(await get()).toEqual({ status: 200, body: '{"door":"https","client":"none"}' })
    expect((await get({ host: 'localhost', family: 4 })).status).toBe(200)
  })

  it('answers curl --cacert, and not without', async () => {
    expect(await curl('--cacert', https.caFile, https.url)).toContain('"door":"https"')
    expect(await curl(https.url)).toMatch(/SSL certificate problem/)
  })

  it('is not believed by who trusts another authority, or asks for another name', async () => {
    const { certificate } = makeAuthority('another', validFor(1))
    await expect(get({ ca: certificate })).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
    await expect(get({ servername: 'fw.example.org' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('speaks TLS 1.3 and 1.2, and nothing older', async () => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const connection = await handshake({ minVersion: version, maxVersion: version })
      expect(connection.getProtocol()).toBe(version)
      expect(connection.getCipher().name).toMatch(/GCM|CHACHA20/)
      connection.destroy()
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
    await expect(handshake(old)).rejects.toMatchObject({
      code: expect.stringMatching(/ALERT_PROTOCOL_VERSION/),
    })
    const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' } as const
    await expect(handshake(cbc)).rejects.toMatchObject({ code: expect.stringMatching(/HANDSHAKE_FAILURE/) })
  })

  it('refuses another Host, as after DNS rebinding, and takes its own names and addresses', async () => {
    const foreign = await get({
      servername: 'localhost',
      headers: { host: `evil.example:${https.port}` },
    })
    expect(foreign.status).toBe(421)
    expect(JSON.parse(foreign.body)).toMatchObject({ code: 'host-not-allowed' })
    for (const host of ['localhost', '[::1]:443', `127.0.0.1:${https.port}`])
      expect((await get({ servername: 'localhost', headers: { host } })).status).toBe(200)
  })

  it('refuses requests of pages of other sites, and lets none of them read an answer', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await get({ headers })).body).toContain('cross-site-refused')
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }
    const { status, body } = await get({ method: 'OPTIONS', headers: preflight })
    expect([status, JSON.parse(body)]).toMatchObject([403, { code: 'cross-site-refused' }])
    const told = await curl('--cacert', https.caFile, '-i', '-H', 'Origin: https://evil.example', https.url)
    expect(told.toLowerCase()).not.toContain('access-control')
  })

  it('ends what does not speak TLS, and stays open', async () => {
    const plain = connectPlain(https.port, '127.0.0.1')
    plain.end('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await text(plain).catch(() => 'reset')
    expect((await get()).status).toBe(200)
  })

  it('answers what is no request with a problem', async () => {
    const connection = await handshake()
    connection.write('nonsense\r\n\r\n')
    expect(await text(connection)).toMatch(/^HTTP\/1.1 400 .*"code":"bad-http"/s)
  })

  it('has a new certificate without a restart, and connections that are open stay', async () => {
    const open = await handshake()
    const before = open.getPeerX509Certificate()?.fingerprint256
    const changed = new Promise((resolve) => https.certificates.listen(resolve))
    https.folder.renewServer({ names: ['localhost'], addresses: ['127.0.0.1'] })
    await changed
    const later = await handshake()
    const after = later.getPeerX509Certificate()?.fingerprint256
    later.destroy()
    expect(after).not.toBe(before)
    expect(after).toBe(https.certificates.certificate.fingerprint256)
    open.end('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    expect(await text(open)).toContain('"door":"https"')
  })

  it('resumes no session, so that each connection shows its certificate anew', async () => {
    const first = await handshake({ maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    first.destroy()
    const second = await handshake({ maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) })
    expect(second.isSessionReused()).toBe(false)
    second.destroy()
  })
})

describe('a client certificate', () => {
  const clientOf = async (options: RequestOptions): Promise<unknown> =>
    JSON.parse((await get(options)).body).client

  it('is told with its fingerprint and its name', async () => {
    const { certificate, key } = https.folder.issueClient('alice', 1)
    expect(await clientOf({ cert: certificate, key })).toEqual({
      name: 'alice',
      fingerprint256: new X509Certificate(certificate).fingerprint256,
    })
    const [cert, keyFile] = [https.file('alice.pem', certificate), https.file('alice.key', key)]
    const told = await curl('--cacert', https.caFile, '--cert', cert, '--key', keyFile, https.url)
    expect(JSON.parse(told)).toMatchObject({ client: { name: 'alice' } })
  })

  it.each([
    [
      'another authority of the same name',
      () => {
        const authority = makeAuthority(
          new X509Certificate(https.ca).toLegacyObject().subject.CN?.toString() ?? '',
          validFor(9),
        )
        return issueClient(authority, 'alice', validFor(1))
      },
    ],
    [
      'a server',
      () => issueServer(https.folder.authority(), { names: ['localhost'], addresses: [] }, validFor(1)),
    ],
    [
      'the past',
      () => {
        const day = 86_400_000
        const validity = { from: new Date(Date.now() - 3 * day), to: new Date(Date.now() - day) }
        return issueClient(https.folder.authority(), 'alice', validity)
      },
    ],
    ['the authority itself', () => https.folder.authority()],
  ])('of %s is none', async (_, make) => {
    const { certificate, key } = make()
    expect(await clientOf({ cert: certificate, key })).toBe('none')
  })

  it('that ends while its connection is open is none from then on', async () => {
    const soon = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 1500) }
    const { certificate, key } = issueClient(https.folder.authority(), 'alice', soon)
    const connection = await handshake({ cert: certificate, key })
    connection.setEncoding('utf8')
    const ask = async (): Promise<string> => {
      connection.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
      const [answer] = await once(connection, 'data')
      return String(answer)
    }
    expect(await ask()).toContain('"name":"alice"')
    await expect.poll(ask, { interval: 200, timeout: 10_000 }).toContain('"client":"none"')
    connection.destroy()
  })

  it('is taken from the authority that the configuration names, and then not from our own', async () => {
    const authority = makeAuthority('corporate', validFor(9))
    const { certificate, key } = issueClient(authority, 'alice', validFor(1))
    const own = https.folder.issueClient('bob', 1)
    const clientAuthority = https.file('clients.pem', authority.certificate)
    await using other = await openTestHttps(handler, { clientAuthority })
    const where = { port: other.port, ca: other.ca }
    expect(await clientOf({ ...where, cert: certificate, key })).toMatchObject({ name: 'alice' })
    expect(await clientOf({ ...where, cert: own.certificate, key: own.key })).toBe('none')
  })
})
