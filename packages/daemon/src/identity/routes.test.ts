import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, testServer } from '../v1/test-server.ts'
import { type Permissions, readPermissions } from './permissions.ts'

/** A request that a route would accept, and a caller who may much, but not this. */
interface Lacking {
  readonly payload?: unknown
  readonly query?: string
  /** For the parts of the path that are not `any`. */
  readonly parts?: Readonly<Record<string, string>>
  readonly lines?: readonly unknown[]
  /** A body of plain text. */
  readonly text?: string
  readonly may: unknown
  /** What the refusal names. */
  readonly missing: string
}

const edits = { chains: ['filter/other', 'ipv6/filter/INPUT'], sets: ['other'] }
const bans = { longest: '1h', widest: { ipv4: 24, ipv6: 48 }, scopes: ['tcp:22'], sets: ['other'] }
/** All but reading, and all but everything. */
const unseeing = { ban: { unban: true }, edit: { chains: ['*'], sets: ['*'] } }
const most = { read: true, ...unseeing }
/** All but a few chains and sets. */
const elsewhere = { read: true, ban: { ...bans, unban: true }, edit: edits }

const toRead: Lacking = { may: unseeing, missing: 'the permission read' }
const toAdminister: Lacking = { may: most, missing: 'the permission everything' }
const ofChain: Lacking = {
  may: elsewhere,
  query: 'family=ipv4',
  missing: 'edit.chains lacks ipv4/filter/INPUT',
}
const ofSet: Lacking = { may: elsewhere, missing: 'edit.sets lacks "any"' }
const rule = { rule: '-p tcp -j DROP' }

const lacking: Readonly<Record<string, Lacking>> = {
  addBans: { may: { ban: bans }, lines: ['192.0.2.7'], missing: 'ban.scopes lacks everything' },
  addRecentEntry: { ...ofSet, payload: { address: '192.0.2.7' }, missing: 'edit.sets lacks "recent:any"' },
  addRule: { ...ofChain, payload: rule },
  addSetEntries: {
    may: elsewhere,
    lines: ['192.0.2.7'],
    missing: 'neither edit.sets nor ban.sets has the set "any"',
  },
  apply: {
    ...ofChain,
    query: '',
    payload: {
      tables: [{ chains: { other: [], INPUT: ['-j DROP'] } }],
      sets: { other: { type: 'hash:net' } },
    },
  },
  checkRule: { ...toRead, payload: rule, query: 'family=ipv4' },
  confirm: { may: { read: true, ban: {} }, missing: 'the permission edit' },
  createChain: { ...ofChain, payload: { name: 'any' }, missing: 'edit.chains lacks ipv4/filter/any' },
  createKey: { ...toAdminister, payload: { name: 'mine', permissions: { everything: true } } },
  createSet: { ...ofSet, payload: { name: 'any', type: 'hash:net' } },
  deleteAllowed: toAdminister,
  deleteBan: { may: { ban: {} }, missing: 'the permission ban.unban' },
  deleteBans: { may: { ban: { ...bans, unban: true } }, lines: ['192.0.2.7'], missing: 'name a scope' },
  deleteChain: ofChain,
  deleteRecentEntry: { ...ofSet, missing: 'edit.sets lacks "recent:any"' },
  deleteRule: { ...ofChain, payload: rule },
  deleteRuleByNumber: ofChain,
  deleteSet: ofSet,
  deleteSetEntries: {
    may: { ban: { sets: ['any'] } },
    lines: ['192.0.2.7'],
    missing: 'ban.unban is missing, or the set "any" in edit.sets',
  },
  diffRevisions: toRead,
  enrolTotp: toAdminister,
  exportAudit: toAdminister,
  flushChain: ofChain,
  flushRecent: { ...ofSet, missing: 'edit.sets lacks "recent:any"' },
  flushSet: ofSet,
  getBan: toRead,
  getChain: { ...toRead, query: 'family=ipv4' },
  getMetrics: toRead,
  getReadiness: toRead,
  getRecent: toRead,
  getRevision: toRead,
  getSet: toRead,
  getStatus: toRead,
  listAllowed: toRead,
  listAudit: toAdminister,
  listBans: toRead,
  listKeys: toAdminister,
  listMetrics: toRead,
  listProbations: toRead,
  listRecent: toRead,
  listRevisions: toRead,
  listSetEntries: toRead,
  listSets: toRead,
  listTables: toRead,
  plan: { ...toRead, payload: { tables: [] } },
  putAllowed: { ...toAdminister, payload: {} },
  putBan: { may: { ban: bans }, payload: { for: '2h', scope: 'tcp:22' }, missing: 'ban.longest is 3600 s' },
  removeTotp: toAdminister,
  renameChain: { ...ofChain, payload: { name: 'other' } },
  renameSet: { ...ofSet, payload: { name: 'other' } },
  replaceRule: { ...ofChain, payload: rule },
  replaceSetEntries: { ...ofSet, lines: ['192.0.2.7'] },
  restoreSets: { may: elsewhere, text: 'add any 192.0.2.7\n', missing: 'edit.sets lacks "any"' },
  revert: { may: { read: true, ban: {} }, missing: 'the permission edit' },
  revokeKey: toAdminister,
  rollback: toAdminister,
  runProgram: {
    ...ofChain,
    query: '',
    parts: { program: 'iptables' },
    payload: { arguments: ['-A', 'INPUT', '-j', 'DROP'] },
  },
  runPrograms: {
    ...ofChain,
    query: '',
    payload: {
      calls: [
        { program: 'iptables', arguments: ['-A', 'other', '-j', 'DROP'] },
        { program: 'iptables', arguments: ['-A', 'INPUT', '-j', 'DROP'] },
      ],
    },
  },
  saveSets: toRead,
  setPolicy: { ...ofChain, payload: { policy: 'DROP' } },
  swapSets: { ...ofSet, payload: { name: 'other' } },
  testSet: { ...toRead, query: 'element=192.0.2.7' },
  transact: {
    ...ofChain,
    query: '',
    payload: {
      changes: [
        { do: 'flushChain', chain: 'other' },
        { do: 'flushChain', chain: 'INPUT' },
      ],
    },
  },
  verifyAudit: toAdminister,
  verifyRevision: toRead,
  watch: toRead,
  zeroChain: ofChain,
}

/** They tell nothing of this host, but are work. */
const forAnyone = ['checkText', 'convertText', 'formatText']

/** They tell nothing of this host. */
const open = ['getHealth', 'getProblem', 'listProblems']

interface Operation {
  readonly id: string
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
}

const samples: Readonly<Record<string, string>> = {
  code: 'internal',
  table: 'filter',
  chain: 'INPUT',
  number: '1',
  address: '192.0.2.7',
}

async function operationsOf(app: FastifyInstance): Promise<Operation[]> {
  return Object.entries((await app.openApi()).paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).flatMap(([method, operation]) => {
      const known = (['GET', 'PUT', 'POST', 'DELETE'] as const).find((name) => name === method.toUpperCase())
      const id: unknown =
        typeof operation === 'object' && operation !== null && 'operationId' in operation
          ? operation.operationId
          : undefined
      return known === undefined || typeof id !== 'string' ? [] : [{ id, method: known, path }]
    }),
  )
}

function requestOf({ method, path }: Operation, what: Lacking): InjectOptions {
  const { query, parts } = what
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => parts?.[name] ?? samples[name] ?? 'any')
  return { method, url: query === undefined || query === '' ? url : `${url}?${query}`, ...bodyOf(what) }
}

function bodyOf({ payload, lines, text }: Lacking): Pick<InjectOptions, 'payload' | 'headers'> {
  const type = (name: string) => ({ 'content-type': name })
  if (lines !== undefined) return { payload: ndjson(lines), headers: type('application/x-ndjson') }
  if (text !== undefined) return { payload: text, headers: type('text/plain') }
  return payload === undefined ? {} : { payload: JSON.stringify(payload), headers: type('application/json') }
}

function ndjson(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

async function senderOf({ app, keys }: TestServer, name: string, permissions: Permissions) {
  const { key = '' } = await keys.create({ name, permissions })
  return async ({ headers, ...request }: InjectOptions) =>
    app.inject({ ...request, headers: { ...headers, authorization: `Bearer ${key}` } })
}

describe('every route', () => {
  it('has a caller here who may too little for it', async () => {
    await using server = await testServer()
    const known = (await operationsOf(server.app)).map(({ id }) => id)
    expect([...Object.keys(lacking), ...forAnyone, ...open].toSorted()).toEqual(known.toSorted())
  })

  let server: TestServer
  beforeAll(async () => {
    server = await testServer({}, { doors: { socket: 'required', loopback: 'required' } })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each(Object.entries(lacking))(
    '%s refuses who may too little, and says what is missing',
    async (id, what) => {
      const send = await senderOf(server, id, readPermissions(what.may))
      const keys = server.keys.list().length
      const operation = (await operationsOf(server.app)).find((one) => one.id === id)
      if (operation === undefined) throw new Error(`there is no ${id}`)
      const answer = await send(requestOf(operation, what))
      if (answer.statusCode === 200 && what.lines !== undefined) {
        const [line] = answer.body.split('\n')
        expect(JSON.parse(line ?? '')).toMatchObject({
          ok: false,
          error: { code: 'permission-missing', detail: expect.stringContaining(what.missing) },
        })
        expect(answer.body).toContain('"accepted":0')
      } else {
        expect(answer.json()).toMatchObject({
          code: 'permission-missing',
          detail: expect.stringContaining(what.missing),
        })
        expect(answer.statusCode).toBe(403)
      }
      expect(server.book.count()).toBe(0)
      expect(server.keys.list()).toHaveLength(keys)
      expect(server.firewall.chains.get('INPUT')).toEqual([])
      expect([...server.firewall.chains.keys()]).toEqual(['INPUT'])
    },
  )

  it('refuses who does not say who asks', async () => {
    await using server = await testServer({}, { doors: { socket: 'required', loopback: 'required' } })
    for (const operation of await operationsOf(server.app)) {
      const what = lacking[operation.id]
      const answer = await server.app.inject(requestOf(operation, what ?? { may: {}, missing: '' }))
      if (open.includes(operation.id))
        expect([operation.id, answer.statusCode < 401]).toEqual([operation.id, true])
      else {
        expect([operation.id, answer.json()]).toMatchObject([operation.id, { code: 'not-authenticated' }])
        expect(answer.headers['www-authenticate']).toEqual([
          'Bearer realm="chainmail"',
          'Basic realm="chainmail", charset="UTF-8"',
        ])
      }
    }
  })
})

describe('a path that nobody has', () => {
  it.each(['/v1/nothing', '/v2/bans', '/v1/bans/192.0.2.7/more'])(
    'is not told to strangers: %s',
    async (url) => {
      await using server = await testServer({}, { doors: { socket: 'required', loopback: 'required' } })
      expect((await server.app.inject(url)).statusCode).toBe(401)
    },
  )

  it('is told to who is known', async () => {
    await using server = await testServer({}, { doors: { socket: 'required', loopback: 'required' } })
    const send = await senderOf(server, 'reader', { read: true })
    expect((await send({ url: '/v1/nothing' })).statusCode).toBe(404)
    expect((await send({ url: '/v1/bans', method: 'PATCH' })).statusCode).toBe(405)
  })
})

describe('a ban on probation', () => {
  it('needs what taking it back needs', async () => {
    await using server = await testServer({}, { doors: { socket: 'required', loopback: 'required' } })
    const request = {
      url: '/v1/bans/192.0.2.7',
      query: { confirmWithin: 'soon' },
      method: 'PUT',
      payload: { scope: 'tcp:22' },
    } as const
    const send = await senderOf(server, 'banner', { ban: { scopes: ['tcp:22'] } })
    expect((await send(request)).json()).toMatchObject({
      code: 'permission-missing',
      detail: expect.stringContaining('ban.unban is missing'),
    })
    const other = await senderOf(server, 'unbanner', { ban: { scopes: ['tcp:22'], unban: true } })
    // It got further: to the time, which is none.
    expect((await other(request)).json()).not.toMatchObject({ code: 'permission-missing' })
  })
})

describe('a route', () => {
  it('that does not declare what it needs keeps the daemon from starting', async () => {
    const { default: Fastify } = await import('fastify')
    const { addIdentity } = await import('./identity.ts')
    const { LoginPace } = await import('./login-pace.ts')
    const app = Fastify()
    addIdentity(app, {
      doors: { socket: 'trusted', loopback: 'trusted' },
      authenticators: [],
      pace: new LoginPace({ failures: () => 0, ban: () => undefined }),
      log: { warn: () => undefined },
    })
    app.get('/open', { config: { needs: { kind: 'nothing' } } }, async () => 'open')
    app.get('/forgotten', async () => 'everything')
    await expect(app.ready()).rejects.toThrow('The route GET /forgotten does not declare what it needs.')
  })
})
