import { ChainmailError } from 'chainmail'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, testServer } from './test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server[Symbol.asyncDispose]())

interface Sent {
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

async function send(request: string, { body, headers = {} }: Sent = {}) {
  const [method, url] = request.split(' ')
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const payload =
    body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
  const answer = await server.app.inject({
    method:
      method === 'PUT' || method === 'POST' || method === 'DELETE' || method === 'PATCH' ? method : 'GET',
    url: url ?? '/',
    headers: { ...type, ...headers },
    ...payload,
  })
  const text = answer.payload
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** Expects a problem document, and that neither bans nor rules were changed. */
async function expectRefusal(request: string, sent: Sent, status: number, code: string) {
  const before = snapshot()
  const answer = await send(request, sent)
  expect(answer.body).toMatchObject({
    type: `/v1/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.stringMatching(/^[^\n]+[.!?]$/),
    code,
  })
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(snapshot()).toEqual(before)
  return answer
}

function snapshot(): string {
  return JSON.stringify(
    [[...server.kernel.entries], server.book.count(), [...server.firewall.chains]],
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  )
}

const rules = '/v1/tables/filter/chains/INPUT/rules'
const megabyte = 'x'.repeat(1024 * 1024)

describe('bans', () => {
  it('are put, listed and deleted', async () => {
    const put = await send('PUT /v1/bans/198.51.100.7', { body: { for: '10m', reason: 'noise' } })
    expect(put.status).toBe(200)
    expect(put.body).toEqual({
      address: '198.51.100.7',
      family: 'ipv4',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      until: expect.any(String),
      expiresIn: 600,
      reason: 'noise',
      who: 'loopback',
    })
    const list = await send('GET /v1/bans')
    expect(list.body).toEqual({
      bans: [{ ...put.body, expiresIn: expect.any(Number), packets: 0, bytes: 0 }],
    })
    expect((await send('DELETE /v1/bans/198.51.100.7')).status).toBe(204)
    expect((await send('GET /v1/bans')).body).toEqual({ bans: [] })
  })

  it('need no body, and then are for ever', async () => {
    const put = await send('PUT /v1/bans/198.51.100.8')
    expect(put.status).toBe(200)
    expect(put.body).not.toHaveProperty('until')
    expect(put.body).not.toHaveProperty('reason')
    await send('DELETE /v1/bans/198.51.100.8')
  })

  it('of networks have their slash encoded', async () => {
    expect((await send('PUT /v1/bans/203.0.113.0%2F24')).body).toMatchObject({ address: '203.0.113.0/24' })
    expect((await send('PUT /v1/bans/2001:db8::%2F32')).body).toMatchObject({
      address: '2001:db8::/32',
      family: 'ipv6',
    })
    expect((await send('DELETE /v1/bans/203.0.113.0%2f24')).status).toBe(204)
    expect((await send('DELETE /v1/bans/2001%3Adb8%3A%3A%2F32')).status).toBe(204)
  })

  it.each([
    ['198.51.100', 'bad-address'],
    ['198.51.100.256', 'bad-address'],
    ['198.51.100.7%2F33', 'bad-address'],
    ['198.51.100.7%2F24', 'bad-address'],
    ['198.51.100.7%2F', 'bad-address'],
    ['198.51.100.7%0A', 'bad-address'],
    ['198.51.100.7%00', 'bad-address'],
    ['%22198.51.100.7%22', 'bad-address'],
    ['-j', 'bad-address'],
    ['198.51.100.7%20-j%20ACCEPT', 'bad-address'],
    ['010.0.0.1', 'bad-address'],
    ['fe80::1%25eth0', 'bad-address'],
    ['::g', 'bad-address'],
    ['localhost', 'bad-address'],
  ])('of %s are refused with %s', async (address, code) => {
    await expectRefusal(`PUT /v1/bans/${address}`, { body: {} }, 400, code)
    await expectRefusal(`DELETE /v1/bans/${address}`, {}, 400, code)
  })

  it.each([
    [{ for: '10 minutes' }, 'bad-duration'],
    [{ for: -1 }, 'bad-duration'],
    [{ for: true }, 'bad-request'],
    [{ for: 1.5 }, 'bad-request'],
    [{ for: null }, 'bad-request'],
    [{ reason: 7 }, 'bad-request'],
    [{ reason: 'x'.repeat(256) }, 'bad-request'],
    [{ until: '10m' }, 'bad-request'],
    [{ who: 'me' }, 'bad-request'],
    [[], 'bad-request'],
    ['"10m"', 'bad-request'],
    ['7', 'bad-request'],
    ['{', 'bad-json'],
    ['for=10m', 'bad-json'],
    ['{"__proto__": {"for": "1s"}}', 'bad-json'],
  ])('with the body %j are refused with %s', async (body, code) => {
    await expectRefusal('PUT /v1/bans/198.51.100.7', { body }, 400, code)
  })

  it.each([
    ['PUT /v1/bans/198.51.100.7', { for: 1.5 }, 'for has to be of the type string or integer.'],
    ['PUT /v1/bans/198.51.100.7', [], 'The body has to be of the type object or null.'],
    ['PUT /v1/bans/198.51.100.7', { reason: 'a'.repeat(256) }, 'reason has more than 255 characters.'],
    ['GET /v1/tables?family=ipx', undefined, 'family has to be one of ipv4, ipv6.'],
  ])('%s with %j say what is wanted', async (request, body, sentence) => {
    const refusal = await expectRefusal(request, body === undefined ? {} : { body }, 400, 'bad-request')
    expect(refusal.body).toMatchObject({ detail: sentence })
  })

  it('name the member at fault', async () => {
    const { body } = await expectRefusal(
      'PUT /v1/bans/198.51.100.7',
      { body: { fro: '1m' } },
      400,
      'bad-request',
    )
    expect(body).toMatchObject({ detail: '"fro" is not a member of the body.', path: 'fro' })
  })

  it('that are not there can not be deleted', async () => {
    await expectRefusal('DELETE /v1/bans/198.51.100.99', {}, 404, 'not-banned')
  })

  it('that a full set refuses are refused with its code', async () => {
    server.kernel.refused.add('198.51.100.66')
    await expectRefusal('PUT /v1/bans/198.51.100.66', { body: {} }, 409, 'set-full')
  })
})

describe('rules', () => {
  it('are added, read and deleted, as data and in the words of iptables', async () => {
    const first = await send(`POST ${rules}`, { body: { rule: '-p tcp --dport 22 -j DROP' } })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      text: '-p tcp -m tcp --dport 22 -j DROP',
      rule: { protocol: 'tcp', target: 'DROP' },
    })
    const second = await send(`POST ${rules}`, {
      body: { rule: { source: '192.0.2.0/24', target: 'ACCEPT' }, position: 1 },
    })
    expect(second.status).toBe(201)
    const chain = await send('GET /v1/tables/filter/chains/INPUT')
    expect(
      chain.body.rules.map(({ number, text }: { number: number; text: string }) => [number, text]),
    ).toEqual([
      [1, '-s 192.0.2.0/24 -j ACCEPT'],
      [2, '-p tcp -m tcp --dport 22 -j DROP'],
    ])
    expect((await send(`DELETE ${rules}`, { body: { rule: first.body.rule } })).status).toBe(204)
    expect((await send(`DELETE ${rules}/1`)).status).toBe(204)
    expect((await send('GET /v1/tables/filter/chains/INPUT')).body.rules).toEqual([])
  })

  it('have counters beyond 2^53 as texts', async () => {
    await send(`POST ${rules}`, { body: { rule: '-j ACCEPT' } })
    const { body } = await send('GET /v1/tables?family=ipv4')
    expect(body.tables[0].chains[0].counters).toEqual({ packets: '1152921504606846976', bytes: 7 })
    expect(body.tables[0].chains[0].rules[0].counters).toEqual({ packets: 3, bytes: '9223372036854775808' })
    await send(`DELETE ${rules}/1`)
  })

  it('are listed for both families where none is said', async () => {
    const { body } = await send('GET /v1/tables')
    expect(body.tables).toMatchObject([{ name: 'filter', family: 'ipv4' }])
    expect((await send('GET /v1/tables?family=ipv6')).body).toEqual({ tables: [] })
  })

  it.each([
    [{ rule: { source: '192.0.2.0/33', target: 'DROP' } }, 'rule.source'],
    [{ rule: { source: '192.0.2.1 -j ACCEPT', target: 'DROP' } }, 'rule.source'],
    [{ rule: { inInterface: 'eth0; reboot', target: 'DROP' } }, 'rule.inInterface'],
    [{ rule: { inInterface: 'an-interface-too-long', target: 'DROP' } }, 'rule.inInterface'],
    [{ rule: { protocol: 'tcp', matches: { tcp: { dport: 65536 } }, target: 'DROP' } }, undefined],
    [
      { rule: { protocol: 'tcp', matches: { tcp: { dport: '22\n-A INPUT -j ACCEPT' } }, target: 'DROP' } },
      undefined,
    ],
    [{ rule: { protocol: 'tcp', matches: { tcp: { dports: 22 } }, target: 'DROP' } }, undefined],
    [{ rule: { target: 'DROP\nCOMMIT' } }, undefined],
    [{ rule: { target: '-j' } }, undefined],
    [{ rule: { table: 'nat' } }, 'rule.table'],
    [{ rule: '-t nat -j DROP' }, 'rule'],
    [{ rule: '-A OUTPUT -j DROP' }, 'rule'],
    [{ rule: '-j DROP\n-A INPUT -j ACCEPT' }, undefined],
    [{ rule: '-m comment --comment "open' }, undefined],
    [{ rule: '-s 2001:db8::1 -j DROP' }, undefined],
    [{ rule: 7 }, 'rule'],
    [{ rule: null }, 'rule'],
    [{ rule: ['-j', 'DROP'] }, 'rule'],
    [{}, 'rule'],
    [[], undefined],
    [{ rule: '-j DROP', position: 0 }, 'position'],
    [{ rule: '-j DROP', position: '1' }, 'position'],
    [{ rule: '-j DROP', place: 1 }, 'place'],
  ])('that are not rules are refused: %j', async (body, path) => {
    const before = snapshot()
    const answer = await send(`POST ${rules}`, { body })
    expect(answer.status).toBe(400)
    expect(answer.body.code).toMatch(/^(bad-|unknown-option|family-mismatch)/)
    if (path !== undefined) expect(answer.body.path).toBe(path)
    expect(snapshot()).toBe(before)
  })

  it.each([
    [`GET /v1/tables?family=ipx`, 400, 'bad-request'],
    [`GET /v1/tables?familiy=ipv4`, 400, 'bad-request'],
    [`GET /v1/tables/filter/chains/NOWHERE`, 404, 'chain-not-found'],
    [`DELETE ${rules}/1`, 404, 'rule-not-found'],
    [`DELETE ${rules}/0`, 400, 'bad-request'],
    [`DELETE ${rules}/-1`, 400, 'bad-request'],
    [`DELETE ${rules}/1e1`, 400, 'bad-request'],
    [`DELETE ${rules}`, 400, 'bad-request'],
  ])('%s is %i %s', async (request, status, code) => {
    await expectRefusal(request, {}, status, code)
  })

  it('that are not there can not be deleted', async () => {
    await expectRefusal(`DELETE ${rules}`, { body: { rule: '-j DROP' } }, 404, 'rule-not-found')
    await expectRefusal(`DELETE ${rules}`, { body: { rule: '-j DROP', position: 1 } }, 400, 'bad-request')
  })
})

describe('a request that no route takes', () => {
  it.each([
    ['GET /v1', 404, 'route-not-found'],
    ['GET /v1/nothing', 404, 'route-not-found'],
    ['GET /v1/BANS', 404, 'route-not-found'],
    ['POST /V1/bans', 404, 'route-not-found'],
    ['PUT /v1/bans/', 400, 'bad-address'],
    ['GET /v1/status/', 404, 'route-not-found'],
    ['PUT /v1/bans/203.0.113.0/24', 404, 'route-not-found'],
    ['PATCH /v1/bans', 405, 'method-not-allowed'],
    ['POST /v1/bans', 415, 'unsupported-media-type'],
    ['POST /v1/bans/198.51.100.7', 405, 'method-not-allowed'],
    ['GET /v1/bans/198.51.100.7', 404, 'not-banned'],
    ['DELETE /v1/status', 405, 'method-not-allowed'],
    ['PUT /v1/bans/%zz', 400, 'bad-url'],
    ['GET /v1/problems/no-such-code', 404, 'route-not-found'],
  ])('%s is %i %s', async (request, status, code) => {
    await expectRefusal(request, {}, status, code)
  })

  it('is refused for one part of its path that is too long', async () => {
    await expectRefusal(`POST /v1/tables/filter/chains/${'A'.repeat(600)}/rules`, {}, 414, 'url-too-long')
  })

  it('is told the methods that are possible', async () => {
    expect((await send('PUT /v1/bans')).headers.allow).toBe('DELETE, GET, POST')
    expect((await send(`GET ${rules}`)).headers.allow).toBe('DELETE, POST')
    expect((await send('POST /v1/bans/198.51.100.7')).headers.allow).toBe('DELETE, GET, PUT')
  })
})

describe('a body', () => {
  it('of another type than JSON is refused', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await expectRefusal(
      'PUT /v1/bans/198.51.100.7',
      { body: 'for=10m', headers },
      415,
      'unsupported-media-type',
    )
  })

  it('of more than a megabyte is refused', async () => {
    await expectRefusal('PUT /v1/bans/198.51.100.7', { body: { reason: megabyte } }, 413, 'body-too-large')
    await expectRefusal(`POST ${rules}`, { body: { rule: megabyte } }, 413, 'body-too-large')
  })

  it('of nearly a megabyte is read, and refused for what is in it', async () => {
    const long = megabyte.slice(1000)
    await expectRefusal('PUT /v1/bans/198.51.100.7', { body: { reason: long } }, 400, 'bad-request')
    await expectRefusal('PUT /v1/bans/198.51.100.7', { body: { for: long } }, 400, 'bad-duration')
    await expectRefusal(`POST ${rules}`, { body: { rule: long } }, 400, 'unknown-option')
    const comment = { rule: { matches: { comment: { comment: long } }, target: 'DROP' } }
    const { body } = await expectRefusal(`POST ${rules}`, { body: comment }, 400, 'bad-rule')
    expect(JSON.stringify(body).length).toBeLessThan(1000)
  })

  it('that is empty is none, whatever its type', async () => {
    expect((await send('PUT /v1/bans/198.51.100.7', { body: '' })).status).toBe(200)
    const headers = { 'content-type': 'application/json' }
    expect((await send('DELETE /v1/bans/198.51.100.7', { headers })).status).toBe(204)
  })
})

describe('a failure', () => {
  it('without a code of its own tells nothing of its inside, and is logged', async () => {
    server.firewall.failure = new Error('secret /etc/shadow')
    const { body } = await expectRefusal('GET /v1/tables', {}, 500, 'internal')
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(JSON.stringify(body)).not.toContain('.ts')
    expect(server.faults).toHaveLength(1)
    server.firewall.failure = undefined
  })

  it("with a code keeps it, and the kernel's words", async () => {
    server.firewall.failure = new ChainmailError('not-permitted', 'The daemon lacks CAP_NET_ADMIN.', {
      kernelWords: 'Operation not permitted',
    })
    const { body } = await expectRefusal('GET /v1/tables', {}, 503, 'not-permitted')
    expect(body.kernelWords).toBe('Operation not permitted')
    server.firewall.failure = undefined
  })
})

describe('the daemon itself', () => {
  it('tells its status', async () => {
    const { status, body } = await send('GET /v1/status')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      version: '0.0.0',
      backend: 'nft',
      mixed: false,
      bans: 0,
      report: expect.any(String),
    })
  })

  it('explains every code that a problem can have', async () => {
    const { body } = await send('GET /v1/problems')
    expect(body.problems.length).toBeGreaterThan(70)
    for (const { code, status, meaning } of body.problems) {
      expect(meaning).toMatch(/\.$/)
      expect(status).toBeGreaterThanOrEqual(400)
      expect((await send(`GET /v1/problems/${code}`)).body).toEqual({ code, status, meaning })
    }
  })
})
