import { execFileSync } from 'node:child_process'
import { type Firewall, openFirewall } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type TestServer, testServer } from './test-server.ts'

let firewall: Firewall
let server: TestServer

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

async function post(url: string, payload: unknown, type = 'application/json') {
  const answer = await server.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

const desired = {
  tables: [
    {
      chains: {
        app: ['-s 10.0.0.0/8 -j ACCEPT'],
        INPUT: { rules: [{ inInterface: 'lo', target: 'ACCEPT' }] },
      },
    },
  ],
  sets: {
    customers: { type: 'hash:net', entries: ['192.0.2.0/24', { element: '198.51.100.0/24', nomatch: true }] },
  },
}

describeOnKernel('plans over REST', () => {
  beforeEach(async () => {
    firewall = await openFirewall()
    server = await testServer({ firewall })
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    await firewall[Symbol.asyncDispose]()
    run('iptables', '-F')
    run('iptables', '-X')
    run('ipset', 'destroy')
  })

  it('are made from data, and applied with a receipt that names the revision', async () => {
    const plan = await post('/v1/plan', desired)
    expect(plan).toMatchObject({
      status: 200,
      body: {
        empty: false,
        token: expect.stringMatching(/^[\w-]{22}$/),
        summary: { rules: { added: 2 }, chains: { created: 1 }, sets: { created: 1 }, entries: { added: 2 } },
        diff: expect.stringContaining('+ ipv4 filter app'),
        restore: { ipv4: expect.stringContaining('-A app -s 10.0.0.0/8 -j ACCEPT\n') },
      },
    })
    expect(run('iptables', '-S')).not.toContain('app')
    const applied = await post(`/v1/apply?expect=${plan.body.token}`, desired)
    expect(applied).toMatchObject({
      status: 200,
      headers: { 'chainmail-revision': '1' },
      body: {
        revision: 1,
        commits: 1,
        sets: 1,
        summary: { rules: { added: 2 } },
        duration: expect.any(Number),
      },
    })
    expect(run('ipset', 'save', 'customers')).toContain('add customers 198.51.100.0/24 nomatch')
    expect((await server.app.inject('/v1/revisions/1/verify')).json()).toEqual({
      holds: true,
      differences: [],
      unchecked: [],
    })
    run('iptables', '-D', 'app', '1')
    expect((await server.app.inject('/v1/revisions/1/verify')).json()).toMatchObject({
      holds: false,
      differences: [expect.stringContaining('-s 10.0.0.0/8')],
    })
    expect((await post('/v1/apply', desired)).body).toMatchObject({ revision: 2 })
    expect((await post('/v1/apply', desired)).body).toMatchObject({ commits: 0, sets: 0 })
    expect((await post('/v1/revisions/0/rollback', '')).body).toMatchObject({ commits: 1, sets: 1, left: [] })
    expect(run('iptables', '-S')).not.toContain('app')
    expect(run('ipset', 'list', '-n')).toBe('')
  })

  it('do what was looked at, or nothing', async () => {
    const { body } = await post('/v1/plan', desired)
    run('iptables', '-N', 'app')
    run('iptables', '-A', 'app', '-j', 'DROP')
    expect(await post(`/v1/apply?expect=${body.token}`, desired)).toMatchObject({
      status: 409,
      body: { code: 'plan-stale' },
    })
    expect(run('iptables', '-S', 'app')).not.toContain('ACCEPT')
  })

  it('of many callers at once are all made, though each changes what the others have planned from', async () => {
    const owners = Array.from({ length: 8 }, (_, index) => `owner-${index}`)
    const answers = await Promise.all(
      owners.map((owner) =>
        post('/v1/apply', { owner, tables: [{ chains: { [owner]: ['-j DROP'], INPUT: [`-j ${owner}`] } }] }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(owners.map(() => 200))
    for (const owner of owners) expect(run('iptables', '-S', 'INPUT')).toContain(` -j ${owner}\n`)
  })

  it('are made from a text in any of the languages', async () => {
    const dump = '*filter\n:app - [0:0]\n-A app -s 192.0.2.1 -j DROP\nCOMMIT\n'
    expect((await post('/v1/plan', dump, 'text/plain')).body).toMatchObject({
      summary: { rules: { added: 1 } },
    })
    const commands = 'iptables -N app\niptables -A app -s 192.0.2.1 -j DROP\n'
    expect((await post('/v1/plan?language=args', commands, 'text/plain')).body).toMatchObject({
      summary: { rules: { added: 1 }, chains: { created: 1 } },
    })
    expect(await post('/v1/plan', '*filter\n-A INPUT -s 300.0.0.1\nCOMMIT\n', 'text/plain')).toMatchObject({
      status: 400,
    })
  })

  it.each([
    [{ tabels: [] }, 'bad-request', 'tabels'],
    [
      { tables: [{ chains: { INPUT: ['-j NOWHERE -p nonsense!'] } }] },
      undefined,
      'tables[0].chains.INPUT.rules[0]',
    ],
    [{ tables: [{ chains: { INPUT: { rules: [7] } } }] }, 'bad-request', 'tables.0.chains.INPUT.rules.0'],
    [{ sets: { x: { entries: [] } } }, 'bad-request', 'sets.x.type'],
  ])('refuse %j and say where it is wrong', async (body, code, path) => {
    const answer = await post('/v1/plan', body)
    expect(answer.status).toBe(400)
    if (code !== undefined) expect(answer.body.code).toBe(code)
    expect(answer.body.path).toContain(path)
  })

  it('shut nobody out unless they are forced', async () => {
    const drop = { tables: [{ chains: { INPUT: { policy: 'DROP', rules: [] } } }] }
    const sender = 'sender=192.0.2.7&port=22'
    expect(await post(`/v1/apply?${sender}`, drop)).toMatchObject({
      status: 409,
      body: { code: 'would-lock-out' },
    })
    expect(run('iptables', '-S', 'INPUT')).toContain('-P INPUT ACCEPT')
    expect((await post(`/v1/apply?${sender}&force=true`, drop)).status).toBe(200)
    expect(run('iptables', '-S', 'INPUT')).toContain('-P INPUT DROP')
    expect((await post('/v1/revisions/0/rollback', '')).status).toBe(200)
    expect(run('iptables', '-S', 'INPUT')).toContain('-P INPUT ACCEPT')
  })
})
