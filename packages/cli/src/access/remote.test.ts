import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientCertificateOf } from '../../../daemon/src/doors/client-certificate.ts'
import { openTestHttps, type TestHttps } from '../../../daemon/src/doors/test-https.ts'
import { call } from '../test-call.ts'

let https: TestHttps
let asked: { key: string | undefined; client: string | undefined }[]

function handler(request: IncomingMessage, response: ServerResponse): void {
  asked.push({ key: request.headers.authorization, client: clientCertificateOf(request)?.name })
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ bans: [] }))
}

beforeEach(async () => {
  https = await openTestHttps(handler)
  asked = []
})
afterEach(() => https[Symbol.asyncDispose]())

const bans = (words: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  call(['bans', ...words], { environment })

describe('a daemon in the network', () => {
  it('is asked by --url and --cacert, with a client certificate or an API key from a file', async () => {
    const { certificate, key } = https.folder.issueClient('alice', 1)
    const files = ['--cert', https.file('alice.pem', certificate), '--key', https.file('alice.key', key)]
    const apiKey = ['--api-key-file', https.file('key', 'secret\n')]
    for (const words of [files, apiKey]) {
      const { code, stdout, stderr } = await bans(['--url', https.url, '--cacert', https.caFile, ...words])
      expect([code, stdout, stderr]).toEqual([0, 'Nothing is banned.\n', ''])
    }
    expect(asked).toEqual([
      { key: undefined, client: 'alice' },
      { key: 'Bearer secret', client: undefined },
    ])
  })

  it('is asked by the environment alone', async () => {
    const environment = {
      CHAINMAIL_URL: https.url,
      CHAINMAIL_FINGERPRINT: https.certificates.fingerprint,
      CHAINMAIL_API_KEY: 'secret',
    }
    expect((await bans([], environment)).code).toBe(0)
    expect(asked).toEqual([{ key: 'Bearer secret', client: undefined }])
    // A socket that is named is meant.
    expect((await bans(['--socket', '/nowhere/c.sock'], environment)).code).toBe(3)
    expect(asked).toHaveLength(1)
  })

  it('that is not trusted is told nothing, and the command ends with 3 and says what to do', async () => {
    const { code, stderr } = await bans(['--url', https.url], { CHAINMAIL_API_KEY: 'secret' })
    expect(code).toBe(3)
    expect(stderr).toContain(`The certificate of ${https.url} is not trusted`)
    expect(stderr).toContain('chainmail cert ca')
    expect(asked).toEqual([])
  })

  it('that wants to know who asks ends the command with 4, which says how to tell', async () => {
    const problem = { type: '/', title: 't', status: 401, detail: 'Say who asks.', code: 'not-authenticated' }
    await using strict = await openTestHttps((_request, response) =>
      response.writeHead(401).end(JSON.stringify(problem)),
    )
    const { code, stderr } = await bans(['--url', strict.url, '--cacert', strict.caFile])
    expect([code, stderr]).toEqual([4, expect.stringContaining('Say who asks.')])
    expect(stderr).toContain('--api-key-file')
  })

  it.each([
    [['--url', 'http://192.0.2.1'], 'is not encrypted'],
    [['--url', 'https://localhost', '--socket', '/c.sock'], '--socket and --url name two daemons.'],
    [['--cacert', '/ca.pem'], '--cacert is for a daemon in the network.'],
    [['--url', 'https://localhost', '--fingerprint', 'abc'], 'is not SHA-256'],
  ])('is refused as wrong usage by %j', async (words, sentence) => {
    const { code, stderr } = await bans(words)
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
  })

  it('is not asked when a file cannot be read', async () => {
    const { code, stderr } = await bans(['--url', https.url, '--cacert', '/nowhere/ca.pem'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('/nowhere/ca.pem: ENOENT')])
  })
})
