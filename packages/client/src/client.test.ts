import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { type Doors, openDoors } from '../../daemon/src/doors/doors.ts'
import { type TestServer, testServer } from '../../daemon/src/v1/test-server.ts'
import { type Ban, type ChainmailClient, createClient, type DryRun } from './index.ts'
import { socketFetch } from './node.ts'

const folder = mkdtempSync(join(tmpdir(), 'chainmail-typed-'))
const socket = join(folder, 'c.sock')

let server: TestServer
let doors: Doors
let client: ChainmailClient

beforeAll(async () => {
  server = await testServer({}, { doors: { socket: 'trusted', loopback: 'required' } })
  doors = await openDoors({ socket }, server.app.routing)
  client = createClient({ url: 'http://localhost', fetch: socketFetch(socket) })
})
afterAll(async () => {
  await doors.close(1_000)
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Every module that a module imports when it runs, and those that they import. */
function imported(path: string, seen = new Set<string>()): Set<string> {
  for (const [words, from = ''] of readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)\b[^'=]*?from '([^']+)'|^import '([^']+)'/gm,
  )) {
    if (/^(?:import|export) type\b/.test(words)) continue
    const module = from.startsWith('.') ? join(dirname(path), from) : from
    if (seen.has(module)) continue
    seen.add(module)
    if (module.startsWith('/')) imported(module, seen)
  }
  return seen
}

describe('the client', () => {
  it('imports nothing of Node, and no other package', () => {
    const modules = [...imported(join(import.meta.dirname, 'index.ts'))]
    expect(modules.filter((name) => !name.startsWith('/'))).toEqual([])
    expect(modules.length).toBeGreaterThan(3)
    for (const path of modules) expect(readFileSync(path, 'utf8')).not.toMatch(/node:|\bprocess\.|\bBuffer\b/)
  })

  it('asks for what the document has, in its types', async () => {
    const ban = await client.call('putBan', { params: { address: '198.51.100.7' }, body: { for: '10m' } })
    expectTypeOf(ban).toEqualTypeOf<Ban>()
    expect(ban).toMatchObject({ address: '198.51.100.7', who: 'socket', expiresIn: 600 })
    const { bans } = await client.call('listBans', { query: { family: 'ipv4' } })
    expect(bans.map(({ address }) => address)).toEqual(['198.51.100.7'])
    expect(await client.call('deleteBan', { params: { address: '198.51.100.7' } })).toBeUndefined()
    expect(await client.call('listBans')).toEqual({ bans: [] })
  })

  it('tells what would change, and the version and number of what has', async () => {
    const rehearsed = await client.rehearse('putBan', { params: { address: '203.0.113.0/24' } })
    expectTypeOf(rehearsed).toEqualTypeOf<DryRun>()
    expect(rehearsed.summary).toEqual({ banned: 1 })
    const { etag, revision } = await client.ask('addRule', {
      params: { table: 'filter', chain: 'INPUT' },
      body: { rule: '-s 192.0.2.1 -j DROP' },
      why: 'a test — with “words”',
    })
    expect([etag, revision]).toEqual([undefined, expect.any(Number)])
    const place = { params: { table: 'filter', chain: 'INPUT' } }
    const read = await client.ask('getChain', place)
    expect(await client.ask('getChain', { ...place, ifNoneMatch: read.etag })).toMatchObject({
      status: 304,
      answer: undefined,
    })
    const stale = client.call('flushChain', { ...place, ifMatch: '"old"' })
    await expect(stale).rejects.toMatchObject({
      name: 'ProblemError',
      code: 'changed-meanwhile',
      status: 412,
    })
    await client.call('flushChain', { ...place, ifMatch: read.etag })
  })

  it('sends lines and reads lines', async () => {
    const told: unknown[] = []
    for await (const line of client.lines('addBans', {}, ['"198.51.100.1"', '{"address":"nobody"}']))
      told.push(line)
    expect(told).toMatchObject([
      { line: 1, ok: true },
      { line: 2, ok: false, error: { code: 'bad-address' } },
      { summary: { accepted: 1, refused: 1 } },
    ])
    const listed: string[] = []
    for await (const { address } of client.lines('listBans', {})) listed.push(address)
    expect(listed).toEqual(['198.51.100.1'])
  })

  it('hears what has happened since a revision, and goes on after a break', async () => {
    const seen: (number | undefined)[] = []
    for await (const { event, id } of client.watch(0)) {
      if (event !== 'change') continue
      seen.push(id)
      if (seen.length === 2) {
        // The daemon is gone, and comes back.
        await doors.close(0)
        await client
          .call('listBans')
          .catch((error: unknown) => expect(error).toMatchObject({ code: 'no-daemon' }))
        doors = await openDoors({ socket }, server.app.routing)
        await client.call('putBan', { params: { address: '198.51.100.99' } })
      }
      if (seen.length > 3) break
    }
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it('goes on after a break before anything has happened', async () => {
    const before = (await client.call('listRevisions', { query: { limit: '1' } })).latest
    const streaming = Promise.withResolvers<void>()
    const fetch = socketFetch(socket)
    const watching = createClient({
      url: 'http://localhost',
      fetch: async (...request) => {
        const answer = await fetch(...request)
        if (String(request[0]).endsWith('/v1/events')) streaming.resolve()
        return answer
      },
    })
    const first = watching.watch().next()
    await streaming.promise
    await doors.close(0)
    doors = await openDoors({ socket }, server.app.routing)
    await client.call('putBan', { params: { address: '198.51.100.98' } })
    expect((await first).value).toMatchObject({ event: 'change', id: before + 1 })
  })

  it('throws what the daemon tells, and that nobody answers', async () => {
    await expect(client.call('getBan', { params: { address: '192.0.2.77' } })).rejects.toMatchObject({
      code: 'not-banned',
      problem: { type: '/v1/problems/not-banned' },
    })
    const nowhere = createClient({ url: 'http://localhost', fetch: socketFetch(`${socket}.not`) })
    await expect(nowhere.call('getStatus')).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'no-daemon',
    })
  })

  it("works with the platform's own fetch and an API key", async () => {
    const base = await server.app.listen({ port: 0, host: '127.0.0.1' })
    const { key = '' } = await client.call('createKey', {
      body: { name: 'typed', permissions: { read: true, ban: { unban: true } } },
    })
    const plain = createClient({ url: base, apiKey: key })
    await expect(createClient({ url: base }).call('listAllowed')).rejects.toMatchObject({ status: 401 })
    const { entries } = await plain.call('listAllowed')
    expect(entries[0]).toMatchObject({ address: '127.0.0.0/8' })
    const told: unknown[] = []
    for await (const line of plain.lines('deleteBans', {}, ['"198.51.100.1"'])) told.push(line)
    expect(told).toHaveLength(2)
  })
})
