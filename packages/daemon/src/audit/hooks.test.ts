import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { type TestServer, testServer } from '../v1/test-server.ts'

interface Listed {
  readonly kind: string
  readonly [member: string]: unknown
}

/** The records of a server, the oldest first, without what the daemon tells of itself. */
async function records({ app }: TestServer): Promise<readonly Listed[]> {
  const all: Listed[] = []
  for (;;) {
    const page = await app.inject(`/v1/audit?after=${all.length}&limit=1000`)
    const { records } = page.json<{ records: Listed[] }>()
    if (records.length === 0) return all.filter(({ kind }) => kind !== 'start')
    all.push(...records)
  }
}

async function requests(server: TestServer): Promise<readonly Listed[]> {
  return (await records(server)).filter(({ kind }) => kind === 'request')
}

describe('the audit of requests', () => {
  it('records a change with who, from where, what, the status and the revision, before it is answered', async () => {
    await using server = await testServer()
    const answer = await server.app.inject({
      method: 'PUT',
      url: '/v1/bans/198.51.100.7',
      headers: { 'chainmail-why': 'noise' },
    })
    expect(await records(server)).toMatchObject([
      { kind: 'change', revision: 1, what: 'bans', who: 'loopback', why: 'noise', summary: { banned: 1 } },
      {
        kind: 'request',
        who: 'loopback',
        door: 'loopback',
        address: '127.0.0.1',
        method: 'PUT',
        path: '/v1/bans/198.51.100.7',
        status: 200,
        revision: 1,
        request: answer.headers['chainmail-request-id'],
      },
    ])
  })

  it('records refusals of changes with their codes, and no reads', async () => {
    await using server = await testServer()
    const { app } = server
    await app.inject('/v1/bans')
    await app.inject('/v1/nothing')
    await app.inject({ method: 'PUT', url: '/v1/bans/nonsense' })
    await app.inject({ method: 'DELETE', url: '/v1/bans/198.51.100.7' })
    await app.inject({ method: 'POST', url: '/v1/nothing' })
    await app.inject({ method: 'PATCH', url: '/v1/bans' })
    await app.inject({ method: 'PUT', url: '/v1/bans/1.2.3.4', payload: '{', headers: json })
    await app.inject({
      method: 'PUT',
      url: '/v1/bans/1.2.3.4',
      payload: 'x'.repeat(2_000_000),
      headers: json,
    })
    await app.inject({ method: 'PUT', url: '/%zz' })
    expect((await requests(server)).map(({ path, status, code }) => [path, status, code])).toEqual([
      ['/v1/bans/nonsense', 400, 'bad-address'],
      ['/v1/bans/198.51.100.7', 404, 'not-banned'],
      ['/v1/nothing', 404, 'route-not-found'],
      ['/v1/bans', 405, 'method-not-allowed'],
      ['/v1/bans/1.2.3.4', 400, 'bad-json'],
      ['/v1/bans/1.2.3.4', 413, 'body-too-large'],
      ['/%zz', 400, 'bad-url'],
    ])
  })

  it('records rfw by its own methods', async () => {
    await using server = await testServer()
    await server.app.inject({ method: 'PUT', url: '/drop/input/eth0/198.51.100.7' })
    await server.app.inject({ method: 'DELETE', url: '/drop/nonsense' })
    expect(await requests(server)).toMatchObject([
      { method: 'PUT', path: '/drop/input/eth0/198.51.100.7', status: 200 },
      { method: 'DELETE', path: '/drop/nonsense', status: 400 },
    ])
  })

  it('keeps no header, no body, and nothing of a query that the route does not know', async () => {
    await using server = await testServer()
    const secret = 'S3cret'
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, 'x-api-key': secret, ...json }
    for (const [method, url] of [
      ['PUT', `/v1/bans/198.51.100.7?token=${secret}`],
      ['PUT', `/drop/input/eth0/198.51.100.7?password=${secret}`],
      ['POST', `/v1/nothing?token=${secret}`],
      ['DELETE', `/v1/bans/198.51.100.7?scope=everything&token=${secret}`],
    ] as const)
      await server.app.inject({ method, url, headers, payload: `{"reason":"${secret}"}` })
    await server.app.inject({ method: 'DELETE', url: '/v1/bans/198.51.100.7?scope=everything' })
    const all = await records(server)
    expect(all.length).toBeGreaterThanOrEqual(5)
    expect(JSON.stringify(all)).not.toContain(secret)
    expect(all.at(-1)).toMatchObject({ path: '/v1/bans/198.51.100.7?scope=everything', status: 404 })
  })

  it('makes one record of many lines, with their counts and the hash of what came', async () => {
    await using server = await testServer()
    const payload = Array.from({ length: 2_000 }, (_, index) =>
      index === 7 ? '"nonsense"\n' : `"10.0.${index >> 8}.${index & 255}"\n`,
    ).join('')
    await server.app.inject({ method: 'POST', url: '/v1/bans', payload, headers: ndjson })
    expect(await requests(server)).toMatchObject([
      {
        path: '/v1/bans',
        status: 200,
        lines: {
          lines: 2_000,
          accepted: 1_999,
          refused: 1,
          complete: true,
          bytes: payload.length,
          sha256: createHash('sha256').update(payload).digest('hex'),
        },
      },
    ])
    const changes = (await records(server)).filter(({ kind }) => kind === 'change')
    const banned = changes.map(({ summary }) => Number(Object(summary).banned))
    expect(banned.reduce((sum, count) => sum + count, 0)).toBe(1_999)
  })

  it('keeps long paths short', async () => {
    await using server = await testServer()
    await server.app.inject({ method: 'PUT', url: `/${'x/'.repeat(3_000)}` })
    const [record] = await requests(server)
    expect(String(record?.path)).toHaveLength(512)
  })

  it('records who was not let in, whatever was asked for, without what was shown', async () => {
    await using server = await testServer()
    await server.app.inject({ url: '/v1/bans', headers: { authorization: 'Bearer S3cret' } })
    const recorded = await requests(server)
    expect(recorded).toMatchObject([{ method: 'GET', path: '/v1/bans', status: 401 }])
    expect(JSON.stringify(recorded)).not.toContain('S3cret')
  })

  it('records so many refusals of who is known, and tells how many more there were', async () => {
    await using server = await testServer()
    const { key } = await server.keys.create({ name: 'reader', permissions: { read: true } })
    const refused = (headers: Record<string, string>) =>
      server.app.inject({ method: 'PUT', url: '/v1/bans/nonsense', headers })
    const as = { authorization: `Bearer ${key}` }
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      for (let time = 0; time < 650; time++) {
        await refused(as)
        await refused({})
      }
      vi.setSystemTime(Date.now() + 60_000)
      await refused(as)
    } finally {
      vi.useRealTimers()
    }
    const all = await requests(server)
    const own = all.filter(({ who }) => who === 'reader')
    expect(own.slice(0, -1)).toHaveLength(600)
    expect(own.at(-1)).toMatchObject({ status: 403, code: 'permission-missing', unrecorded: 50 })
    // Who may everything fills the log with changes, if that is what he wants.
    expect(all.filter(({ who, status }) => who === 'loopback' && status === 400)).toHaveLength(650)
  })

  it('tells whether it was changed, and exports what sha256sum can follow', async () => {
    await using server = await testServer()
    for (let index = 0; index < 5; index++)
      await server.app.inject({ method: 'PUT', url: `/v1/bans/198.51.100.${index}` })
    const verdict = (await server.app.inject('/v1/audit/verify')).json()
    expect(verdict).toMatchObject({ holds: true, records: 11, findings: [], head: { number: 11 }, oldest: 1 })
    const lines = (await server.app.inject('/v1/audit/export')).body.split('\n').slice(0, -1)
    expect(lines).toHaveLength(11)
    expect(
      createHash('sha256')
        .update(lines.at(-1) ?? '')
        .digest('hex'),
    ).toBe(verdict.head.hash)
    for (const [index, line] of lines.entries())
      if (index > 0)
        expect(JSON.parse(line).previous).toBe(
          createHash('sha256')
            .update(lines[index - 1] ?? '')
            .digest('hex'),
        )
    const noted = await server.app.inject(`/v1/audit/verify?head=${'0'.repeat(64)}`)
    expect(noted.json()).toMatchObject({ holds: false, findings: [{ kind: 'head-not-found' }] })
  })

  it('is listed in pages', async () => {
    await using server = await testServer()
    for (let index = 0; index < 5; index++)
      await server.app.inject({ method: 'DELETE', url: `/v1/bans/198.51.100.${index}` })
    const numbers = async (query: string) => {
      const { records, next } = (await server.app.inject(`/v1/audit?${query}`)).json()
      return [records.map((record: { readonly number: number }) => record.number), next]
    }
    expect(await numbers('limit=2')).toEqual([[6, 5], 5])
    expect(await numbers('limit=2&before=5')).toEqual([[4, 3], 3])
    expect(await numbers('limit=4&before=3')).toEqual([[2, 1], undefined])
    expect(await numbers('limit=2&after=1')).toEqual([[2, 3], 3])
    expect(await numbers('since=2999-01-01T00:00:00Z')).toEqual([[], undefined])
    expect((await server.app.inject('/v1/audit?since=yesterday')).json()).toMatchObject({
      code: 'bad-request',
    })
  })
})

const json = { 'content-type': 'application/json' }
const ndjson = { 'content-type': 'application/x-ndjson' }
