import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

let folder: string
let daemon: DaemonProcess

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

function input(): string[] {
  return run('iptables', '-S', 'INPUT').split('\n').slice(1, -1)
}

function banned(): string[] {
  return [...run('ipset', 'save', 'chainmail-ban4').matchAll(/^add \S+ (\S+)/gm)].map(
    ([, address]) => address ?? '',
  )
}

/** One request by the socket, with the headers of its answer. */
async function send(
  method: string,
  path: string,
  { body, why }: { body?: unknown; why?: string } = {},
): Promise<{ status: number; revision: number | undefined; document: unknown }> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: daemon.client.place,
        method,
        path,
        headers: {
          host: 'localhost',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(why === undefined ? {} : { 'chainmail-why': encodeURIComponent(why) }),
        },
      },
      (answer) => {
        let said = ''
        answer.setEncoding('utf8').on('data', (piece: string) => {
          said += piece
        })
        answer.on('end', () => {
          const number = answer.headers['chainmail-revision']
          resolve({
            status: answer.statusCode ?? 0,
            revision: number === undefined ? undefined : Number(number),
            document: said.startsWith('{') ? JSON.parse(said) : said,
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(text)
  })
}

describeOnKernel('the history of the daemon', () => {
  /** What had happened before a case began. */
  let base: number

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-revisions-'))
    await begin()
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
    for (const table of ['filter', 'raw']) {
      run('iptables', '-t', table, '-F')
      run('iptables', '-t', table, '-X')
      run('ip6tables', '-t', table, '-F')
      run('ip6tables', '-t', table, '-X')
    }
    run('ipset', 'destroy')
  })
  beforeEach(async () => {
    base = await latest()
  })
  afterEach(async () => {
    // Bans, networks and rules of a case go the way that it is about.
    await send('POST', `/v1/revisions/${base}/rollback`)
    expect(banned()).toEqual([])
  })

  async function begin(...words: string[]): Promise<void> {
    daemon = await startProcess(folder, ['--log-level', 'error', ...words])
  }

  async function latest(): Promise<number> {
    const { document } = await send('GET', '/v1/revisions?limit=1')
    return typeof document === 'object' && document !== null && 'latest' in document
      ? Number(document.latest)
      : Number.NaN
  }

  it('rolls back rules, bans, the allowlist and what rfw was asked for, and leaves in what others have made', async () => {
    run('iptables', '-A', 'INPUT', '-s', '192.0.2.99', '-j', 'ACCEPT')
    const rules = '/v1/tables/filter/chains/INPUT/rules'
    await send('POST', rules, { body: { rule: '-s 192.0.2.1 -j DROP' } })
    await send('PUT', '/v1/bans/198.51.100.1', { body: { for: '1h', reason: 'first' } })
    await send('PUT', '/v1/allowlist/203.0.113.1', { body: { reason: 'kept' } })
    const before = { input: input(), banned: banned() }
    const { revision = 0 } = await send('PUT', '/accept/input/any/192.0.2.50')
    const withEntry = run('iptables', '-S')
    await send('DELETE', `${rules}/2`)
    await send('DELETE', '/v1/bans/198.51.100.1')
    await send('PUT', '/v1/bans/198.51.100.2')
    await send('DELETE', '/v1/allowlist/203.0.113.1')
    await send('PUT', '/v1/allowlist/203.0.113.2')
    await send('DELETE', '/accept/input/any/192.0.2.50')
    await send('PUT', '/drop/input/any/192.0.2.51')
    run('iptables', '-A', 'INPUT', '-s', '192.0.2.98', '-j', 'ACCEPT')
    const rolledBack = await send('POST', `/v1/revisions/${revision}/rollback`, { why: 'it was wrong' })
    expect(rolledBack).toMatchObject({
      status: 200,
      document: { to: revision, commits: 1, bans: 2, allowlist: 2, rfw: 2, left: [] },
    })
    expect(banned()).toEqual(before.banned)
    expect(input().filter((line) => line.includes('192.0.2.'))).toEqual([
      '-A INPUT -s 192.0.2.99/32 -j ACCEPT',
      '-A INPUT -s 192.0.2.1/32 -j DROP',
      '-A INPUT -s 192.0.2.98/32 -j ACCEPT',
    ])
    expect(withEntry).toContain('192.0.2.1')
    expect(await daemon.client.request('GET', '/v1/allowlist')).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ address: '203.0.113.1', reason: 'kept' })]),
    })
    expect(JSON.stringify(await daemon.client.request('GET', '/v1/allowlist'))).not.toContain('203.0.113.2')
    const listed = JSON.stringify((await send('GET', '/list')).document)
    expect(listed).toContain('192.0.2.50')
    expect(listed).not.toContain('192.0.2.51')
    expect(await daemon.client.request('GET', '/v1/revisions?limit=1')).toMatchObject({
      revisions: [{ what: 'rollback', why: 'it was wrong' }],
    })
    expect(
      await daemon.client.request('GET', `/v1/revisions/${revision}/diff/${rolledBack.revision}`),
    ).toMatchObject({
      chains: [],
      bans: [],
    })
    for (const last of [98, 99]) run('iptables', '-D', 'INPUT', '-s', `192.0.2.${last}`, '-j', 'ACCEPT')
  })

  it('has a revision of each change by each door, whose number the answer tells', async () => {
    const rules = '/v1/tables/filter/chains/INPUT/rules'
    const added = await send('POST', rules, {
      body: { rule: '-s 192.0.2.1 -j DROP' },
      why: 'because — of “them”',
    })
    expect(added).toMatchObject({
      status: 201,
      revision: base + 1,
      document: { revision: base + 1 },
    })
    expect(await send('PUT', '/v1/bans/198.51.100.7', { body: { for: '1h' } })).toMatchObject({
      revision: base + 2,
    })
    expect(await send('PUT', '/v1/allowlist/203.0.113.9')).toMatchObject({ revision: base + 3 })
    expect(await send('PUT', '/drop/input/any/192.0.2.200')).toMatchObject({ revision: base + 4 })
    expect(await send('DELETE', '/v1/bans/198.51.100.7')).toMatchObject({ revision: base + 5 })
    expect(await send('DELETE', rules, { body: { rule: '-s 192.0.2.1 -j DROP' } })).toMatchObject({
      status: 204,
      revision: base + 6,
    })
    expect((await send('DELETE', `${rules}/99`)).status).toBe(404)
    expect(await daemon.client.request('GET', '/v1/revisions?limit=6')).toMatchObject({
      latest: base + 6,
      oldest: 1,
      revisions: [
        { number: base + 6, what: 'rules', summary: { rulesRemoved: 1 } },
        { number: base + 5, what: 'bans', summary: { unbanned: 1 } },
        { number: base + 4, what: 'rfw', door: 'rfw', summary: { rfwPut: 1 } },
        { number: base + 3, what: 'allowlist', summary: { allowed: 1 } },
        { number: base + 2, what: 'bans', who: 'socket', door: 'socket', summary: { banned: 1 } },
        { number: base + 1, what: 'rules', why: 'because — of “them”', summary: { rulesAdded: 1 } },
      ],
    })
    expect(await daemon.client.request('GET', `/v1/revisions?after=${base + 4}&limit=1`)).toMatchObject({
      revisions: [{ number: base + 5 }],
    })
    expect(await daemon.client.request('GET', `/v1/revisions/${base + 2}`)).toMatchObject({
      operations: {
        bans: [{ after: { address: '198.51.100.7', scope: 'everything', until: expect.any(String) } }],
      },
    })
    await expect(daemon.client.request('GET', `/v1/revisions/${base + 7}`)).rejects.toMatchObject({
      code: 'revision-not-found',
    })
  })

  it('keeps what becomes of sets, and brings them back', async () => {
    const state = (): string[] =>
      run('ipset', 'save')
        .split('\n')
        .filter((line) => !line.includes('chainmail'))
        .map((line) => line.replace(/ (hashsize|initval) \S+/g, ''))
        .toSorted()
    expect(
      await send('POST', '/v1/sets', { body: { name: 'customers', type: 'hash:ip', comment: true } }),
    ).toMatchObject({
      status: 201,
      revision: base + 1,
    })
    const add = (lines: readonly unknown[], method: 'POST' | 'PUT' | 'DELETE' = 'POST'): Promise<unknown[]> =>
      Array.fromAsync(
        daemon.client.stream(
          method,
          '/v1/sets/customers/entries',
          lines.map((line) => JSON.stringify(line)),
        ),
      )
    await add([{ element: '192.0.2.1', comment: 'first' }, { element: '192.0.2.2' }])
    const before = state()
    await add(['192.0.2.2'], 'DELETE')
    await add(['192.0.2.3', { element: '192.0.2.1', comment: 'changed' }], 'PUT')
    expect(await send('POST', '/v1/sets/customers/rename', { body: { name: 'clients' } })).toMatchObject({
      revision: base + 5,
    })
    expect(await send('POST', '/v1/sets/clients/flush')).toMatchObject({ status: 204, revision: base + 6 })
    expect(await send('POST', '/v1/sets/clients/flush')).toMatchObject({ status: 204, revision: undefined })
    expect(await send('DELETE', '/v1/sets/clients')).toMatchObject({ revision: base + 7 })
    expect(await daemon.client.request('GET', '/v1/revisions?limit=7')).toMatchObject({
      revisions: [
        { summary: { setsDestroyed: 1 } },
        { summary: { setsChanged: 1, entriesRemoved: 2 } },
        { summary: { setsCreated: 1, setsDestroyed: 1 } },
        { summary: { entriesAdded: 2, entriesRemoved: 1 } },
        { summary: { entriesRemoved: 1 } },
        { summary: { entriesAdded: 2 } },
        { what: 'sets', summary: { setsCreated: 1 } },
      ],
    })
    expect(await send('POST', `/v1/revisions/${base + 2}/rollback`)).toMatchObject({
      document: { sets: 1, left: [] },
    })
    expect(state()).toEqual(before)
  })

  it('is there after kill -9, and its rollback can be rolled back', async () => {
    await send('PUT', '/v1/bans/198.51.100.1', { body: { reason: 'first' } })
    await send('PUT', '/v1/bans/198.51.100.1', { body: { reason: 'second' } })
    await daemon.end('SIGKILL')
    await begin()
    expect(await send('POST', `/v1/revisions/${base + 1}/rollback`)).toMatchObject({
      document: { bans: 1, revisions: [base + 3] },
    })
    expect(run('ipset', 'save', 'chainmail-ban4')).toContain('first')
    await send('POST', `/v1/revisions/${base}/rollback`)
    expect(banned()).toEqual([])
    await send('POST', `/v1/revisions/${base + 2}/rollback`)
    expect(run('ipset', 'save', 'chainmail-ban4')).toContain('second')
  })

  it('tells what happens as it happens, and what has happened since a revision', async () => {
    await send('PUT', '/v1/bans/198.51.100.1')
    const seen = base + 1
    const live = daemon.client.events()
    const first = live.next()
    await send('PUT', '/v1/bans/198.51.100.2', { why: 'seen' })
    expect((await first).value).toMatchObject({
      event: 'change',
      id: seen + 1,
      data: { number: seen + 1, what: 'bans', why: 'seen', summary: { banned: 1 } },
    })
    const later = daemon.client.events(base)
    for (const id of [seen, seen + 1])
      expect((await later.next()).value).toMatchObject({ event: 'change', id })
    const next = later.next()
    await send('DELETE', '/v1/bans/198.51.100.2')
    expect((await next).value).toMatchObject({ id: seen + 2, data: { summary: { unbanned: 1 } } })
    const rest = later.next()
    const began = performance.now()
    expect(await daemon.end('SIGTERM')).toBe(0)
    // Streams do not keep a daemon from ending, which gives requests 10 s.
    expect(performance.now() - began).toBeLessThan(9_000)
    expect(await rest).toMatchObject({ done: true })
    await live.return()
    await begin('--history-limit', '2')
    const away = daemon.client.events(base)
    expect((await away.next()).value).toMatchObject({
      event: 'missed',
      id: seen,
      data: { from: seen, to: seen, count: 1 },
    })
    expect((await away.next()).value).toMatchObject({ event: 'change', id: seen + 1 })
    await away.return()
    // The case that comes next begins with nothing banned.
    await send('DELETE', '/v1/bans/198.51.100.1')
  })

  it('keeps as much as it is told, and refuses what it does not reach back to', async () => {
    for (const last of [1, 2, 3]) await send('PUT', `/v1/bans/198.51.100.${last}`)
    expect(await daemon.client.request('GET', '/v1/revisions')).toMatchObject({
      oldest: base + 2,
      latest: base + 3,
    })
    for (const path of [`/v1/revisions/${base + 1}`, `/v1/revisions/${base}/diff/${base + 3}`])
      await expect(daemon.client.request('GET', path)).rejects.toMatchObject({ code: 'history-too-short' })
    expect((await send('POST', `/v1/revisions/${base}/rollback`)).status).toBe(410)
    expect(banned()).toHaveLength(3)
    expect((await send('POST', `/v1/revisions/${base + 1}/rollback`)).status).toBe(200)
    expect(banned()).toEqual(['198.51.100.1'])
    await send('DELETE', '/v1/bans/198.51.100.1')
  })
})
