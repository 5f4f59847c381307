import { execFileSync } from 'node:child_process'
import { type Firewall, openFirewall } from 'chainmail'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
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

async function send(request: string, body?: unknown, textType = 'text/plain') {
  const [method = 'GET', url = '/'] = request.split(' ')
  const isText = typeof body === 'string'
  const type = body === undefined ? {} : { 'content-type': isText ? textType : 'application/json' }
  const answer = await server.app.inject({
    method: method === 'PUT' || method === 'POST' || method === 'DELETE' ? method : 'GET',
    url,
    headers: type,
    ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
  })
  const isJson = String(answer.headers['content-type']).includes('json')
  return {
    status: answer.statusCode,
    revision: answer.headers['chainmail-revision'],
    body: isJson ? JSON.parse(answer.payload) : answer.payload,
  }
}

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}

const chains = '/v1/tables/filter/chains'

describeOnKernel('chains over REST', () => {
  afterEach(() => {
    run('iptables', '-P', 'INPUT', 'ACCEPT')
    run('iptables', '-F')
    run('iptables', '-X')
  })

  it('are made, renamed, emptied and removed, each change a revision', async () => {
    expect(await send(`POST ${chains}`, { name: 'web' })).toMatchObject({
      status: 201,
      body: { name: 'web' },
      revision: expect.any(String),
    })
    await send(`POST ${chains}/INPUT/rules`, { rule: '-p tcp -j web' })
    expect((await send(`DELETE ${chains}/web`)).body.code).toBe('chain-busy')
    expect((await send(`POST ${chains}/web/rename`, { name: 'net' })).status).toBe(204)
    expect(run('iptables', '-S')).toContain('-A INPUT -p tcp -j net\n')
    expect((await send(`POST ${chains}/INPUT/flush`)).status).toBe(204)
    expect((await send(`DELETE ${chains}/net`)).status).toBe(204)
    expect(run('iptables', '-S')).toBe('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n')
    const { latest } = (await send('GET /v1/revisions')).body
    expect((await send(`POST /v1/revisions/${latest - 3}/rollback`)).body).toMatchObject({ left: [] })
    expect(run('iptables', '-S')).toContain('-A INPUT -p tcp -j web\n')
  })

  it('have policies, and counters that go back to 0', async () => {
    expect((await send(`PUT ${chains}/INPUT/policy`, { policy: 'DROP' })).status).toBe(204)
    expect(run('iptables', '-S', 'INPUT')).toBe('-P INPUT DROP\n')
    expect((await send(`PUT ${chains}/INPUT/policy`, { policy: 'REJECT' })).body.code).toBe('bad-request')
    run('iptables', '-A', 'INPUT', '-j', 'ACCEPT', '-c', '7', '700')
    expect((await send(`POST ${chains}/INPUT/zero`)).status).toBe(204)
    expect(run('iptables-save', '-c')).toContain('[0:0] -A INPUT -j ACCEPT')
  })

  it('have rules that are replaced in their place, and looked for', async () => {
    for (const last of [1, 2, 3])
      await send(`POST ${chains}/INPUT/rules`, { rule: `-s 192.0.2.${last} -j DROP` })
    expect(await send(`PUT ${chains}/INPUT/rules/2`, { rule: '-s 192.0.2.9 -j DROP' })).toMatchObject({
      status: 200,
      body: { text: '-s 192.0.2.9/32 -j DROP', revision: expect.any(Number) },
    })
    const again = await send(`PUT ${chains}/INPUT/rules/2`, { rule: '-s 192.0.2.9/32 -j DROP' })
    expect(again).toMatchObject({ status: 200, body: { text: '-s 192.0.2.9/32 -j DROP' } })
    expect(again.body).not.toHaveProperty('revision')
    expect(run('iptables', '-S', 'INPUT').match(/192\.0\.2\.\d/g)).toEqual(
      [1, 9, 3].map((last) => `192.0.2.${last}`),
    )
    const check = `POST ${chains}/INPUT/rules/check`
    expect((await send(check, { rule: '-s 192.0.2.9/32 -j DROP' })).body).toEqual({ exists: true, number: 2 })
    expect((await send(check, { rule: '-s 192.0.2.2/32 -j DROP' })).body).toEqual({ exists: false })
  })

  it('are read page by page, as long as nobody changes them', async () => {
    for (const last of [1, 2, 3]) run('iptables', '-A', 'INPUT', '-s', `192.0.2.${last}`, '-j', 'DROP')
    const first = (await send(`GET ${chains}/INPUT?limit=2`)).body
    expect(first.rules.map(({ number }: { number: number }) => number)).toEqual([1, 2])
    const second = `GET ${chains}/INPUT?limit=2&cursor=${encodeURIComponent(first.next)}`
    const { rules, next } = (await send(second)).body
    expect([rules.length, rules[0].number, next]).toEqual([1, 3, undefined])
    run('iptables', '-D', 'INPUT', '1')
    expect((await send(second)).body.code).toBe('changed-meanwhile')
    expect((await send(`GET ${chains}/INPUT?cursor=x`)).body.code).toBe('bad-request')
  })
})

describeOnKernel('a transaction over REST', () => {
  afterEach(() => {
    run('iptables', '-F')
    run('iptables', '-X')
    run('ipset', 'destroy')
  })

  const changes = [
    { do: 'createSet', set: 'customers', options: { type: 'hash:ip', comment: true } },
    { do: 'addEntry', set: 'customers', entry: { element: '192.0.2.1', comment: 'one' } },
    { do: 'addEntry', set: 'customers', entry: '192.0.2.2' },
    { do: 'createChain', chain: 'paid' },
    { do: 'appendRule', chain: 'paid', rule: '-m set --match-set customers src -j ACCEPT' },
    { do: 'insertRule', chain: 'INPUT', rule: { protocol: 'tcp', target: 'paid' } },
  ]

  it('makes sets, chains and rules together, and is one revision', async () => {
    const made = await send('POST /v1/transactions', { changes })
    expect(made).toMatchObject({ status: 200, body: { changes: 6, revision: expect.any(Number) } })
    expect(run('iptables', '-S')).toContain('-A INPUT -p tcp -j paid\n')
    expect(run('ipset', 'save', 'customers')).toContain('add customers 192.0.2.1 comment "one"')
    const { operations } = (await send(`GET /v1/revisions/${made.body.revision}`)).body
    expect(operations).toMatchObject({ sets: [{ name: 'customers' }], chains: [{}, {}] })
    expect((await send(`POST /v1/revisions/${made.body.revision - 1}/rollback`)).body.left).toEqual([])
    expect(run('iptables', '-S')).not.toContain('paid')
    expect(run('ipset', 'list', '-n')).toBe('')
  })

  it('is told beforehand, and makes nothing then', async () => {
    run('ipset', 'create', 'old', 'hash:ip')
    run('iptables', '-A', 'INPUT', '-m', 'set', '--match-set', 'old', 'src', '-j', 'DROP')
    const before = [run('iptables', '-S'), run('ipset', 'list', '-n')]
    const steps = [
      ...changes,
      { do: 'deleteRule', chain: 'INPUT', number: 2 },
      { do: 'destroySet', set: 'old' },
    ]
    const { status, revision, body } = await send('POST /v1/transactions?dryRun=true', { changes: steps })
    expect([status, revision]).toEqual([200, undefined])
    expect([run('iptables', '-S'), run('ipset', 'list', '-n')]).toEqual(before)
    const made = await send('POST /v1/transactions', { changes: steps })
    const { summary, operations } = (await send(`GET /v1/revisions/${made.body.revision}`)).body
    expect(body).toMatchObject({ dryRun: true, what: 'rules', summary, operations })
    expect(summary).toEqual({
      chainsCreated: 1,
      rulesAdded: 2,
      rulesRemoved: 1,
      setsCreated: 1,
      setsDestroyed: 1,
    })
  })

  it.each([
    ['of a set that is there', [{ do: 'createSet', set: 'old', options: { type: 'hash:ip' } }]],
    ['of a set that a rule refers to', [{ do: 'destroySet', set: 'old' }]],
    [
      'of a set to which a rule would refer',
      [
        { do: 'createChain', chain: 'x' },
        { do: 'destroySet', set: 'old' },
      ],
    ],
    [
      'with a rule for a set of the other family',
      [
        { do: 'createSet', set: 'six', options: { type: 'hash:ip', family: 'inet6' } },
        { do: 'appendRule', chain: 'INPUT', rule: '-m set --match-set six src -j DROP' },
      ],
    ],
    ['with a chain that is not there', [{ do: 'appendRule', chain: 'INPUT', rule: '-j nowhere' }]],
    ['with an entry that is none', [{ do: 'addEntry', set: 'old', entry: 'nobody' }]],
    ['with an entry that is not there', [{ do: 'deleteEntry', set: 'old', entry: '192.0.2.9' }]],
  ])('%s is refused beforehand as it is', async (_, steps) => {
    run('ipset', 'create', 'old', 'hash:ip')
    run('iptables', '-A', 'INPUT', '-m', 'set', '--match-set', 'old', 'src', '-j', 'DROP')
    const rehearsed = await send('POST /v1/transactions?dryRun=true', { changes: steps })
    const real = await send('POST /v1/transactions', { changes: steps })
    expect(real.status).toBeGreaterThanOrEqual(400)
    expect([rehearsed.status, rehearsed.body.code]).toEqual([real.status, real.body.code])
    expect(run('ipset', 'list', '-n')).toBe('old\n')
  })

  it.each([
    ['whose last step is refused', [...changes, { do: 'deleteRule', chain: 'INPUT', number: 9 }], 404],
    ['that lacks a member', [...changes, { do: 'appendRule', chain: 'INPUT' }], 400],
    ['of what is chainmail’s own', [...changes, { do: 'flushSet', set: 'chainmail-ban4' }], 403],
  ])('%s changes nothing', async (_, all, status) => {
    expect((await send('POST /v1/transactions', { changes: all })).status).toBe(status)
    expect([run('iptables', '-S').includes('paid'), run('ipset', 'list', '-n')]).toEqual([false, ''])
  })
})

describeOnKernel('the content of a set on probation', () => {
  afterEach(() => void run('ipset', 'destroy'))

  const entries = () => [...run('ipset', 'save', 'a').matchAll(/^add a (\S+)/gm)].map(([, one]) => one)

  it.each<[string, unknown, object, string[]]>([
    ['POST /v1/sets/a/flush', undefined, {}, []],
    [
      'PUT /v1/sets/a/entries',
      '"192.0.2.2"\n{"element":"192.0.2.3"}\n',
      { added: 1, kept: 1, removed: 1 },
      ['192.0.2.2', '192.0.2.3'],
    ],
  ])('is changed by %s, and comes back', async (request, body, told, after) => {
    run('ipset', 'create', 'a', 'hash:ip')
    for (const last of [1, 2]) run('ipset', 'add', 'a', `192.0.2.${last}`)
    const before = entries()
    const answer = await send(`${request}?confirmWithin=60s`, body, 'application/x-ndjson')
    expect(answer).toMatchObject({
      status: 200,
      body: { ...told, revision: Number(answer.revision), probation: { id: expect.any(String) } },
    })
    expect(entries().toSorted()).toEqual(after)
    await send(`POST /v1/probations/${answer.body.probation.id}/revert`)
    expect(entries().toSorted()).toEqual(before.toSorted())
  })

  it('heeds no condition', async () => {
    run('ipset', 'create', 'a', 'hash:ip')
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/sets/a/flush?confirmWithin=60s',
      headers: { 'if-match': (await server.app.inject('/v1/sets/a')).headers.etag },
    })
    expect([answer.statusCode, answer.json().path]).toEqual([400, 'confirmWithin'])
  })
})

describeOnKernel('the texts of sets over REST', () => {
  afterEach(() => void run('ipset', 'destroy'))

  it('are what ipset save prints, and what ipset restore reads', async () => {
    const text =
      'create a hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1\nadd a 192.0.2.1\n'
    expect(await send('POST /v1/ipset', text)).toMatchObject({ status: 204, revision: expect.any(String) })
    const saved = await send('GET /v1/ipset?set=a')
    expect(saved.body).toBe(run('ipset', 'save', 'a'))
    expect((await send('GET /v1/ipset')).body).toBe(run('ipset', 'save'))
    expect((await send('GET /v1/ipset?set=b')).body.code).toBe('set-not-found')
  })

  it('tell what they would change, and what they are refused for', async () => {
    run('ipset', 'create', 'a', 'hash:ip')
    const text = 'create b hash:net\nadd a 192.0.2.1\nadd b 192.0.2.0/24\nrename b c\n'
    expect((await send('POST /v1/ipset?dryRun=true', text)).body).toMatchObject({
      dryRun: true,
      summary: { setsCreated: 1, setsChanged: 1, entriesAdded: 1 },
    })
    const refused = await send('POST /v1/ipset?dryRun=true', 'add a 192.0.2.1\ndestroy b\n')
    expect([refused.status, refused.body.code]).toEqual([404, 'set-not-found'])
    expect(run('ipset', 'save')).not.toContain('add')
    expect(run('ipset', 'list', '-n')).toBe('a\n')
  })

  it('name the line that is refused, and leave the sets of chainmail alone', async () => {
    const refused = await send('POST /v1/ipset', 'create b hash:ip\nadd b nobody\n')
    expect([refused.status, refused.body.code]).toEqual([400, 'bad-element'])
    expect(refused.revision).toBeDefined()
    expect((await send('POST /v1/ipset', 'create c hash:ip\nflush chainmail-ban4\n')).body.code).toBe(
      'set-owned',
    )
    expect(run('ipset', 'list', '-n')).toBe('b\n')
  })
})

describe('texts of rules over REST', () => {
  const save = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT  -s 192.0.2.1 -j DROP\nCOMMIT\n'

  it('are translated', async () => {
    const { body } = await send('POST /v1/texts/convert', { text: save, to: 'args' })
    expect(body).toEqual({
      language: 'save',
      to: 'args',
      family: 'ipv4',
      text: expect.stringContaining('iptables -A INPUT -s 192.0.2.1/32 -j DROP\n'),
    })
    const json = await send('POST /v1/texts/convert', { text: body.text })
    expect(json.body).toMatchObject({ language: 'args', to: 'save' })
    const wrong = await send('POST /v1/texts/convert', { text: `${save}x` })
    expect([wrong.status, wrong.body.code]).toEqual([400, 'bad-dump'])
  })

  it('are checked', async () => {
    expect((await send('POST /v1/texts/check', { text: save })).body).toEqual({
      language: 'save',
      family: 'ipv4',
      rules: 1,
      problems: [],
    })
    const text = save.replace('-j DROP', '-j DROP --nothing')
    expect((await send('POST /v1/texts/check', { text })).body.problems).toMatchObject([{ line: 3 }])
  })

  it('are formatted', async () => {
    expect((await send('POST /v1/texts/format', { text: save })).body).toEqual({
      family: 'ipv4',
      text: save.replace('-A INPUT  -s 192.0.2.1 ', '-A INPUT -s 192.0.2.1/32 '),
    })
  })
})
