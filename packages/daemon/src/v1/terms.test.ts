import { execFileSync } from 'node:child_process'
import { type Firewall, openFirewall } from 'chainmail'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeOnKernel, onKernel } from '../../../../testing/kernel.ts'
import { type TestServer, testServer } from './test-server.ts'

let firewall: Firewall | undefined
let server: TestServer

beforeAll(async () => {
  firewall = onKernel ? await openFirewall() : undefined
  server = await testServer(firewall === undefined ? {} : { firewall })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await firewall?.[Symbol.asyncDispose]()
})

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

async function send(request: string, { body, headers = {} }: Sent = {}) {
  const [method = 'GET', url = '/'] = request.split(' ')
  const isText = typeof body === 'string'
  const type = isText ? 'application/x-ndjson' : 'application/json'
  const answer = await server.app.inject({
    method: method === 'PUT' || method === 'POST' || method === 'DELETE' ? method : 'GET',
    url,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
  })
  const text = answer.payload
  const lines = answer.headers['content-type'] === 'application/x-ndjson'
  return {
    status: answer.statusCode,
    etag: String(answer.headers.etag),
    revision: answer.headers['chainmail-revision'],
    body: text === '' ? undefined : lines ? text : JSON.parse(text),
  }
}

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}

/** Everything of this namespace, by other programs; a set aside may take a moment to go. */
function everything(): string {
  const saved = ['iptables-save', 'ip6tables-save'].map((program) =>
    run(program).replace(/^#.*$|\[\d+:\d+\]/gm, ''),
  )
  return [...saved, run('ipset', 'save').replace(/ timeout \d+/g, '')].join('\n')
}

/** In the kernel, in the history, and in the book of bans. */
async function state(): Promise<readonly unknown[]> {
  return [everything(), (await send('GET /v1/revisions')).body.latest, server.book.count()]
}

const rules = '/v1/tables/filter/chains/INPUT/rules'
const input = '/v1/tables/filter/chains/INPUT'

describeOnKernel('a dry run', () => {
  let before: readonly unknown[]

  // Once for all of them: none may change anything.
  beforeAll(async () => {
    await send('POST /v1/sets', { body: { name: 'some', type: 'hash:ip', comment: true } })
    await send('POST /v1/sets/some/entries', { body: '"192.0.2.1"\n' })
    await send(`POST ${rules}`, { body: { rule: '-s 192.0.2.1 -j DROP' } })
    await send('POST /v1/tables/filter/chains', { body: { name: 'web' } })
    before = await state()
  })
  afterEach(async () => expect(await state()).toEqual(before))
  afterAll(() => {
    for (const program of ['iptables', 'ip6tables']) {
      run(program, '-F')
      run(program, '-X')
    }
    run('ipset', 'destroy')
  })

  /** What it tells. */
  async function rehearse(request: string, sent: Sent = {}): Promise<unknown> {
    const [path, query] = request.split('?')
    const told = await send(`${path}?${query === undefined ? '' : `${query}&`}dryRun=true`, sent)
    expect(told.status).toBe(200)
    expect(told.revision).toBeUndefined()
    return told.body
  }

  it.each<[string, unknown, Readonly<Record<string, number>> | undefined]>([
    [`POST ${rules}`, { rule: '-s 192.0.2.2 -j DROP' }, { rulesAdded: 1 }],
    [`POST ${rules}`, { rule: '-s 192.0.2.2 -j web', position: 1 }, { rulesAdded: 1 }],
    [`PUT ${rules}/1`, { rule: '-s 192.0.2.9 -j DROP' }, { rulesAdded: 1, rulesRemoved: 1 }],
    [`DELETE ${rules}`, { rule: '-s 192.0.2.1 -j DROP' }, { rulesRemoved: 1 }],
    [`DELETE ${rules}/1`, undefined, { rulesRemoved: 1 }],
    [`POST ${input}/flush`, undefined, { rulesRemoved: 1 }],
    [`PUT ${input}/policy`, { policy: 'DROP' }, { policies: 1 }],
    ['POST /v1/tables/nat/chains', { name: 'ours' }, { chainsCreated: 1 }],
    ['DELETE /v1/tables/filter/chains/web', undefined, { chainsRemoved: 1 }],
    ['POST /v1/tables/filter/chains/web/rename', { name: 'net' }, { chainsCreated: 1, chainsRemoved: 1 }],
    ['POST /v1/sets', { name: 'other', type: 'hash:net' }, { setsCreated: 1 }],
    ['DELETE /v1/sets/some', undefined, { setsDestroyed: 1, entriesRemoved: 1 }],
    ['POST /v1/sets/some/flush', undefined, { setsChanged: 1, entriesRemoved: 1 }],
    ['POST /v1/sets/some/rename', { name: 'one' }, { setsCreated: 1, setsDestroyed: 1, entriesRemoved: 1 }],
    ['PUT /v1/sets/some/entries', '"192.0.2.7"\n', { setsChanged: 1, entriesAdded: 1, entriesRemoved: 1 }],
    ['PUT /v1/bans/198.51.100.7', { for: '10m' }, { banned: 1 }],
    ['PUT /v1/allowlist/203.0.113.0%2F24', { reason: 'us' }, { allowed: 1 }],
    ['POST /v1/apply', { tables: [{ chains: { INPUT: ['-s 192.0.2.3 -j DROP'] } }] }, { rulesAdded: 1 }],
    [
      'POST /v1/programs/iptables',
      { arguments: ['-A', 'INPUT', '-s', '192.0.2.4', '-j', 'DROP'] },
      { rulesAdded: 1 },
    ],
    [
      'POST /v1/programs/iptables-restore',
      {
        arguments: ['--noflush'],
        input: '*filter\n:new - [0:0]\n-A new -j ACCEPT\n-I INPUT -j new\nCOMMIT\n',
      },
      { chainsCreated: 1, rulesAdded: 2 },
    ],
    ['POST /v1/revisions/1/rollback', undefined, undefined],
  ])('of %s with %j tells %j and changes nothing', async (request, body, summary) => {
    const told = await rehearse(request, { body })
    expect(told).toMatchObject({ dryRun: true, ...(summary === undefined ? {} : { summary }) })
  })

  it('of a stream tells what would become of each line', async () => {
    const added = await rehearse('POST /v1/sets/some/entries', { body: '"192.0.2.5"\n"x"\n' })
    expect(String(added)).toContain('{"line":1,"element":"192.0.2.5","ok":true}')
    expect(String(added)).toContain('"accepted":1,"refused":1')
    const deleted = await rehearse('DELETE /v1/sets/some/entries', {
      body: '"192.0.2.1"\n"192.0.2.2"\n',
    })
    expect(String(deleted)).toContain('"accepted":1,"refused":1')
    const banned = await rehearse('POST /v1/bans', { body: '"198.51.100.1"\n"nobody"\n' })
    expect(String(banned)).toContain('"accepted":1,"refused":1')
  })

  it.each<[string, unknown, number]>([
    [`POST ${rules}`, { rule: '-j nowhere' }, 404],
    [`POST ${rules}`, { rule: '-s 192.0.2.2 -j DROP', position: 9 }, 404],
    [`POST ${rules}`, { rule: '-m set --match-set nowhere src -j DROP' }, 404],
    [`DELETE ${rules}`, { rule: '-s 192.0.2.8 -j DROP' }, 404],
    [`DELETE ${rules}/9`, undefined, 404],
    ['POST /v1/tables/filter/chains', { name: 'web' }, 409],
    ['DELETE /v1/tables/filter/chains/nowhere', undefined, 404],
    ['POST /v1/sets', { name: 'some', type: 'hash:ip' }, 409],
    ['POST /v1/sets', { name: 'x', type: 'hash:nothing' }, 400],
    ['DELETE /v1/sets/nowhere', undefined, 404],
    ['DELETE /v1/bans/198.51.100.9', undefined, 404],
    ['PUT /v1/bans/nobody', undefined, 400],
    ['DELETE /v1/allowlist/198.51.100.9', undefined, 404],
    ['PUT /v1/sets/some/entries', '"nobody"\n', 400],
  ])('of %s with %j is refused as the change is, with %i', async (request, body, status) => {
    const rehearsed = await send(`${request}?dryRun=true`, { body })
    const real = await send(request, { body })
    expect(rehearsed.status).toBe(status)
    expect([rehearsed.status, rehearsed.body.code]).toEqual([real.status, real.body.code])
  })

  it('of a set that a rule refers to is refused', async () => {
    run('iptables', '-A', 'web', '-m', 'set', '--match-set', 'some', 'src', '-j', 'DROP')
    expect((await send('DELETE /v1/sets/some?dryRun=true')).body.code).toBe('set-in-use')
    run('iptables', '-F', 'web')
  })

  it('is no part of a request that does not know it', async () => {
    expect((await send('POST /v1/probations/x/confirm?dryRun=true')).body.code).toBe('bad-request')
  })
})

describeOnKernel('a condition', () => {
  beforeEach(async () => {
    await send(`POST ${rules}`, { body: { rule: '-s 192.0.2.1 -j DROP' } })
    await send('POST /v1/sets', { body: { name: 'some', type: 'hash:ip' } })
  })
  afterEach(() => {
    run('iptables', '-F')
    run('ipset', 'destroy')
  })

  it.each([
    `GET /v1/tables`,
    `GET ${input}`,
    'GET /v1/sets',
    'GET /v1/sets/some',
    'GET /v1/allowlist',
    'GET /v1/bans',
  ])('of %s that is fulfilled is answered with 304, without a body', async (request) => {
    const { etag } = await send(request)
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    expect((await send(request)).etag).toBe(etag)
    expect(await send(request, { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
      body: undefined,
    })
    expect((await send(request, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  it('on a chain lets the change be made as long as nobody else has changed it', async () => {
    const { etag } = await send(`GET ${input}`)
    const put = { body: { rule: '-s 192.0.2.2 -j DROP' }, headers: { 'if-match': etag } }
    expect(await send(`PUT ${rules}/1`, put)).toMatchObject({ status: 200, revision: expect.any(String) })
    run('iptables', '-A', 'INPUT', '-j', 'ACCEPT')
    const before = everything()
    expect(await send(`PUT ${rules}/1`, put)).toMatchObject({
      status: 412,
      body: { code: 'changed-meanwhile' },
    })
    expect(everything()).toBe(before)
    expect(
      (await send('DELETE /v1/tables/filter/chains/gone', { headers: { 'if-match': '*' } })).status,
    ).toBe(412)
  })

  it('lets one of many through who have all read the same', async () => {
    const { etag } = await send(`GET ${input}`)
    const headers = { 'if-match': etag }
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, last) =>
        send(`POST ${rules}`, { body: { rule: `-s 198.51.100.${last} -j DROP` }, headers }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(412)])
    expect(run('iptables', '-S', 'INPUT').match(/198\.51/g)).toHaveLength(1)
    const set = await send('GET /v1/sets/some')
    const lines = { body: '"192.0.2.9"\n', headers: { 'if-match': set.etag } }
    const replaced = await Promise.all(
      Array.from({ length: 4 }, () => send('PUT /v1/sets/some/entries', lines)),
    )
    expect(replaced.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412])
    const ban = { body: { for: '1h' }, headers: { 'if-none-match': '*' } }
    const banned = await Promise.all(Array.from({ length: 4 }, () => send('PUT /v1/bans/203.0.113.5', ban)))
    expect(banned.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412])
  })

  it('on a set, the allowlist, and a plan is held too', async () => {
    const stale = { 'if-match': '"gone"' }
    expect((await send('DELETE /v1/sets/some', { headers: stale })).status).toBe(412)
    expect((await send('POST /v1/sets/some/entries', { headers: stale, body: '"192.0.2.1"\n' })).status).toBe(
      412,
    )
    expect((await send('PUT /v1/allowlist/203.0.113.7', { headers: stale })).status).toBe(412)
    const desired = { tables: [{ chains: { INPUT: ['-s 192.0.2.3 -j DROP'] } }] }
    expect((await send('POST /v1/apply', { headers: stale, body: desired })).status).toBe(412)
    const { etag } = await send('POST /v1/plan', { body: desired })
    expect((await send('POST /v1/apply', { headers: { 'if-match': etag }, body: desired })).status).toBe(200)
    expect(run('ipset', 'list', '-n').trim()).toBe('some')
  })
})

describe('a request', () => {
  it('with a condition that its route does not heed is refused', async () => {
    expect((await send('POST /v1/sets', { headers: { 'if-match': '"x"' }, body: {} })).status).toBe(400)
  })

  it('with a query that nobody knows is refused, on every route', async () => {
    expect((await send('PUT /v1/bans/198.51.100.7?dryrun=true')).body.code).toBe('bad-request')
    expect(
      server.book.bans.get({ address: '198.51.100.7', family: 'ipv4', scope: 'everything' }, Date.now()),
    ).toBeUndefined()
  })

  it('for a ban that somebody else has renewed is refused', async () => {
    await send('PUT /v1/bans/198.51.100.7', { body: { for: '1h' } })
    const none = await send('PUT /v1/bans/198.51.100.7', { headers: { 'if-none-match': '*' } })
    expect(none.status).toBe(412)
    const stale = await send('DELETE /v1/bans/198.51.100.7', { headers: { 'if-match': '"old"' } })
    expect(stale.body.code).toBe('changed-meanwhile')
    const { etag } = await send('GET /v1/bans')
    expect((await send('DELETE /v1/bans/198.51.100.7')).status).toBe(204)
    expect((await send('GET /v1/bans')).etag).not.toBe(etag)
  })
})
