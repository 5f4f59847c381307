import { type BanTarget, type CarvedWish, ChainmailError, contains, networkBlock } from 'chainmail'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { isChange } from '../audit/audited-requests.ts'
import { FakeKernel } from '../bans/fake-kernel.ts'
import { DaemonError } from '../errors.ts'
import { type Entry, pathOf } from './entry.ts'
import type { ListedEntry } from './listing.ts'
import { addRfw } from './plugin.ts'
import { defaultSettings, type RfwSettings } from './settings.ts'
import { parseWhitelist } from './whitelist.ts'

const listed: ListedEntry = {
  chain: 'INPUT',
  num: '1',
  pkts: '0',
  bytes: '0',
  target: 'DROP',
  prot: 'all',
  opt: '--',
  inp: '*',
  out: '*',
  source: '192.0.2.7',
  destination: '0.0.0.0/0',
  extra: '',
}

interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance
  /** What reached the book. */
  readonly asked: string[]
  readonly faults: unknown[]
  /** Whether each request counted as a change. */
  readonly changes: boolean[]
}

/** Carves nothing, and refuses what holds the asker. */
class AllowingKernel extends FakeKernel {
  override carve(target: BanTarget, asker?: string): CarvedWish {
    if (asker !== undefined && target.blocks.some((block) => contains(block, networkBlock(asker))))
      throw new ChainmailError('address-allowed', `${asker} is allowed.`)
    return super.carve(target)
  }
}

async function testServer(settings: RfwSettings = defaultSettings, failure?: Error): Promise<TestServer> {
  const asked: string[] = []
  const faults: unknown[] = []
  const ask = async (what: string): Promise<undefined> => {
    if (failure !== undefined) throw failure
    asked.push(what)
  }
  const book = {
    put: (entry: Entry, seconds: number) => ask(`put ${pathOf(entry)} ${seconds}`),
    delete: (entry: Entry) => ask(`delete ${pathOf(entry)}`),
    find: () => undefined,
    list: async (chain?: string) => {
      await ask(`list ${chain ?? 'all'}`)
      return [listed]
    },
  }
  const app = Fastify()
  const changes: boolean[] = []
  app.addHook('onRequest', (request, _reply, done) => {
    changes.push(isChange(request))
    done()
  })
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ code: 'route-not-found' })
  })
  app.get('/v1/bans', { schema: { hide: true } }, async () => ({ bans: [] }))
  const kernel = new AllowingKernel()
  const bans = { kernel, defaults: { ipv6Prefix: 128, now: 0 } }
  const log = { error: (fault: unknown) => void faults.push(fault) }
  await addRfw(app, { book, bans, settings, log })
  return { app, asked, faults, changes, [Symbol.asyncDispose]: () => app.close() }
}

describe('the routes of rfw', () => {
  it.each([
    ['PUT', '/drop/input/any/192.0.2.7', 'put /drop/input/any/192.0.2.7 86400'],
    ['PUT', '/Drop/INPUT/any/192.0.2.7/?expire=600&wait=true', 'put /drop/input/any/192.0.2.7 600'],
    ['PUT', '/drop/input/any/2001%3adb8::7', 'put /drop/input/any/2001:db8::7 86400'],
    ['DELETE', '/drop/input/any/192.0.2.7', 'delete /drop/input/any/192.0.2.7'],
    ['GET', '/list', 'list all'],
    ['GET', '/LIST/Input/', 'list input'],
  ] as const)('%s %s asks the book to %s', async (method, url, expected) => {
    await using server = await testServer()
    const answer = await server.app.inject({ method, url })
    expect(answer.statusCode).toBe(200)
    expect(server.asked).toEqual([expected])
  })

  it('answers a list as JSON with texts', async () => {
    await using server = await testServer()
    const answer = await server.app.inject({ method: 'GET', url: '/list' })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.json()).toEqual([listed])
  })

  it('answers GET / with help that names every kind of path', async () => {
    await using server = await testServer()
    const answer = await server.app.inject({ method: 'GET', url: '/' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
    for (const words of ['/drop', '/list', 'input', 'output', 'forward', 'expire', 'wait', 'modify', '/v1'])
      expect(answer.body).toContain(words)
  })

  it.each([
    ['PUT', '/block/input/any/192.0.2.7'],
    ['PUT', '/drop/input/any/192.0.2.7%0a'],
    ['PUT', '/drop/input/any/192.0.2.7/%00'],
    ['PUT', '/drop/input/any/192.0.2.7%2f24'],
    ['PUT', '/drop/input/any/192.0.2.7;-j'],
    ['PUT', '/drop/input/any/192.0.2.7?expire=1h&expire=2h'],
    ['DELETE', '/drop/input/any/192.0.2.0/8'],
    ['GET', '/drop/input/any/192.0.2.7?modify=insert'],
    ['GET', '/list/nat'],
  ] as const)('%s %s is 400 with a sentence, and asks for nothing', async (method, url) => {
    await using server = await testServer()
    const answer = await server.app.inject({ method, url })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toMatch(/^ERROR: [^\n]+\n$/)
    expect(server.asked).toEqual([])
  })

  it('refuses what touches the whitelist', async () => {
    await using server = await testServer({ ...defaultSettings, whitelist: parseWhitelist('192.0.2.0/28') })
    for (const url of ['/drop/input/any/192.0.2.7', '/drop/input/any/192.0.2.0/24']) {
      const answer = await server.app.inject({ method: 'PUT', url })
      expect([answer.statusCode, answer.body]).toEqual([
        400,
        'ERROR: the request touches an address of the whitelist\n',
      ])
    }
    expect(server.asked).toEqual([])
    await server.app.inject({ method: 'PUT', url: '/drop/input/any/192.0.2.99' })
    expect(server.asked).toHaveLength(1)
  })

  it('changes by GET where the setting allows it', async () => {
    await using server = await testServer({ ...defaultSettings, nonRestful: true })
    await server.app.inject({ method: 'GET', url: '/drop/input/any/192.0.2.7?modify=delete' })
    expect(server.asked).toEqual(['delete /drop/input/any/192.0.2.7'])
  })

  it('counts a GET that changes something as a change, and no other', async () => {
    const urls = [
      '/drop/input/any/192.0.2.7?modify=insert',
      '/%64rop/input/any/192.0.2.7?%6dodify=delete',
      '/drop/input/any/192.0.2.7',
      '/list',
      '/',
      '/v1/bans?modify=insert',
    ]
    for (const nonRestful of [true, false]) {
      await using server = await testServer({ ...defaultSettings, nonRestful })
      for (const url of urls) await server.app.inject({ method: 'GET', url })
      expect(server.changes).toEqual([nonRestful, nonRestful, false, false, false, false])
    }
  })

  it('keeps nothing away that is allowed, nor the address that it is asked from', async () => {
    await using server = await testServer()
    const asker = { remoteAddress: '::ffff:203.0.113.5' }
    const put = async (url: string) => (await server.app.inject({ method: 'PUT', url, ...asker })).statusCode
    expect(await put('/drop/input/any/203.0.113.5')).toBe(409)
    expect(await put('/reject/forward/any/192.0.2.1/any/203.0.113.0/24')).toBe(409)
    expect(server.asked).toEqual([])
    expect(await put('/accept/input/any/203.0.113.5')).toBe(200)
    expect(await put('/drop/forward/any/0.0.0.0')).toBe(200)
    await server.app.inject({ method: 'DELETE', url: '/drop/input/any/203.0.113.5', ...asker })
    expect(server.asked).toHaveLength(3)
  })

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'does not mind a body of the type %s',
    async (type) => {
      await using server = await testServer()
      const answer = await server.app.inject({
        method: 'PUT',
        url: '/drop/input/any/192.0.2.7',
        headers: { 'content-type': type },
        payload: '{not json',
      })
      expect([answer.statusCode, answer.body]).toEqual([200, 'put /drop/input/any/192.0.2.7 for 86400 s\n'])
    },
  )

  it('leaves the paths of others alone, found or not', async () => {
    await using server = await testServer()
    expect((await server.app.inject({ method: 'GET', url: '/v1/bans' })).json()).toEqual({ bans: [] })
    for (const [method, url] of [
      ['GET', '/v1/nothing'],
      ['DELETE', '/v1/bans'],
      ['PUT', '/v1'],
    ] as const) {
      const answer = await server.app.inject({ method, url })
      expect([answer.statusCode, answer.json()]).toEqual([404, { code: 'route-not-found' }])
    }
  })

  it('tells why a change failed, and nothing of a fault of its own', async () => {
    await using broken = await testServer(
      defaultSettings,
      new DaemonError('store-failed', 'The disk is full.'),
    )
    const told = await broken.app.inject({ method: 'PUT', url: '/drop/input/any/192.0.2.7' })
    expect([told.statusCode, told.body]).toEqual([500, 'ERROR: The disk is full.\n'])
    await using faulty = await testServer(defaultSettings, new Error('secret'))
    const answer = await faulty.app.inject({ method: 'PUT', url: '/drop/input/any/192.0.2.7' })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).toMatch(/^ERROR: /)
    expect(answer.body).not.toContain('secret')
    expect(faulty.faults).toHaveLength(1)
  })
})
