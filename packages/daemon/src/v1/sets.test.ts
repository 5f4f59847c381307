import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ipset, setTypes } from '@chainmail/kernel'
import { type Firewall, openFirewall } from 'chainmail'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { describeOnKernel, onKernel } from '../../../../testing/kernel.ts'
import { type Client, connect } from '../client.ts'
import { type Doors, openDoors } from '../doors/doors.ts'
import { type TestServer, testServer } from './test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'chainmail-sets-'))
const socket = join(folder, 'c.sock')

let ipset: Ipset
let firewall: Firewall
let server: TestServer
let doors: Doors
let client: Client

beforeAll(async () => {
  if (!onKernel) return
  ipset = new Ipset()
  firewall = await openFirewall()
  server = await testServer({ firewall })
  doors = await openDoors({ socket }, server.app.routing)
  client = connect({ socket })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  if (!onKernel) return
  await doors.close(1000)
  await server[Symbol.asyncDispose]()
  await firewall[Symbol.asyncDispose]()
  ipset.close()
})
afterEach(() => {
  if (!onKernel) return
  // What stands in a list can't be destroyed.
  run('flush')
  run('destroy')
})

/** What another program says of the sets, or does with them. */
function run(...words: string[]): string {
  return execFileSync('ipset', words, { encoding: 'utf8' })
}

/** The members of a set, sorted. */
function members(name: string): string[] {
  return run('save', name)
    .split('\n')
    .filter((line) => line.startsWith('add '))
    .map((line) => line.slice(`add ${name} `.length))
    .toSorted()
}

function refused(work: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  return work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => error,
  )
}

async function stream(method: string, path: string, lines: Iterable<string> | AsyncIterable<string>) {
  const answers: unknown[] = []
  for await (const answer of client.stream(method, path, lines)) answers.push(answer)
  return answers
}

describeOnKernel('sets', () => {
  it('are made, described, listed and destroyed', async () => {
    const made = await client.request('POST', '/v1/sets', {
      name: 'a',
      type: 'hash:net',
      family: 'inet6',
      maxelem: 10,
      timeout: 600,
      counters: true,
      comment: true,
    })
    expect(run('save', 'a')).toMatch(
      /^create a hash:net family inet6 hashsize \d+ maxelem 10 timeout 600 counters comment/,
    )
    expect(made).toMatchObject({
      name: 'a',
      type: 'hash:net',
      options: { family: 'inet6', maxelem: 10, timeout: 600, counters: true, comment: true },
      entries: 0,
      references: 0,
      owned: false,
    })
    expect(await client.request('GET', '/v1/sets/a')).toEqual(made)
    expect(await client.request('GET', '/v1/sets')).toEqual({ sets: [made] })
    expect(await client.request('DELETE', '/v1/sets/a')).toBeUndefined()
    expect(run('list', '-n')).toBe('')
  })

  it.each(Object.entries(setTypes))(
    'of type %s are made with each of their options',
    async (type, definition) => {
      const values: Record<string, unknown> = {
        range: type === 'bitmap:port' ? '0-1023' : '192.0.2.0-192.0.2.255',
        netmask: 28,
        bitmask: '255.255.255.0',
        markmask: 255,
        bucketsize: 8,
        hashsize: 64,
        maxelem: 100,
        size: 16,
        timeout: 60,
        initval: 7,
      }
      for (const option of Object.keys(definition.createOptions)) {
        const range = 'range' in definition.createOptions ? { range: values.range } : {}
        const wish = { name: 'made', type, ...range, [option]: values[option] ?? true }
        const made = await client.request('POST', '/v1/sets', wish).catch(ifUnsupported)
        if (made === undefined) continue
        expect(made, option).toMatchObject({ type, options: { [option]: expect.anything() } })
        await client.request('DELETE', '/v1/sets/made')
      }
    },
  )

  it('are renamed, swapped, flushed and tested', async () => {
    run('create', 'a', 'hash:ip')
    run('add', 'a', '192.0.2.1')
    run('create', 'b', 'hash:ip')
    expect(await client.request('POST', '/v1/sets/a/swap', { name: 'b' })).toMatchObject({ name: 'a' })
    expect(members('b')).toEqual(['192.0.2.1'])
    expect(await client.request('POST', '/v1/sets/b/rename', { name: 'c' })).toMatchObject({ name: 'c' })
    expect(members('c')).toEqual(['192.0.2.1'])
    expect(await client.request('GET', '/v1/sets/c/test?element=192.0.2.1')).toEqual({ matches: true })
    expect(await client.request('GET', '/v1/sets/c/test?element=192.0.2.2')).toEqual({ matches: false })
    expect(await client.request('POST', '/v1/sets/c/flush')).toBeUndefined()
    expect(members('c')).toEqual([])
  })

  it.each([
    ['POST', '/v1/sets', { name: 'there', type: 'hash:ip' }, 409, 'set-exists'],
    ['POST', '/v1/sets', { name: 'x', type: 'hash:nothing' }, 400, 'bad-request'],
    ['POST', '/v1/sets', { name: 'x'.repeat(32), type: 'hash:ip' }, 400, 'bad-request'],
    ['POST', '/v1/sets', { name: 'a b', type: 'hash:ip' }, 400, 'bad-set-name'],
    ['POST', '/v1/sets', { name: 'x', type: 'hash:ip', size: 8 }, 400, 'bad-set-option'],
    ['POST', '/v1/sets', { name: 'x', type: 'hash:ip', maxelem: 0 }, 400, 'bad-request'],
    ['POST', '/v1/sets', { name: 'x', type: 'hash:ip', speed: 1 }, 400, 'bad-request'],
    ['POST', '/v1/sets', { name: 'x', type: 'bitmap:ip' }, 400, 'bad-set-option'],
    ['POST', '/v1/sets', { name: 'chainmail-x', type: 'hash:ip' }, 403, 'set-owned'],
    ['GET', '/v1/sets/nowhere', undefined, 404, 'set-not-found'],
    ['DELETE', '/v1/sets/nowhere', undefined, 404, 'set-not-found'],
    ['DELETE', '/v1/sets/member', undefined, 409, 'set-in-use'],
    ['DELETE', '/v1/sets/chainmail-own', undefined, 403, 'set-owned'],
    ['POST', '/v1/sets/chainmail-own/flush', undefined, 403, 'set-owned'],
    ['POST', '/v1/sets/there/rename', { name: 'chainmail-own2' }, 403, 'set-owned'],
    ['POST', '/v1/sets/there/rename', { name: 'member' }, 409, 'set-exists'],
    ['POST', '/v1/sets/there/swap', { name: 'chainmail-own' }, 403, 'set-owned'],
    ['POST', '/v1/sets/there/swap', { name: 'list' }, 409, 'set-type-mismatch'],
    ['GET', '/v1/sets/there/test?element=2001:db8::1', undefined, 400, 'set-family-mismatch'],
    ['GET', '/v1/sets/there/test', undefined, 400, 'bad-request'],
    ['GET', '/v1/sets/there/entries?contains=x', undefined, 400, 'bad-address'],
    ['GET', '/v1/sets/there/entries?within=192.0.2.1/24', undefined, 400, 'bad-address'],
    ['GET', '/v1/sets/list/entries?contains=192.0.2.1', undefined, 400, 'bad-request'],
    ['GET', '/v1/sets/there/entries?limit=0', undefined, 400, 'bad-request'],
    ['GET', '/v1/sets/there/entries?limit=many', undefined, 400, 'bad-request'],
    ['POST', '/v1/sets/there/entries', { element: '192.0.2.1' }, 415, 'unsupported-media-type'],
    ['PATCH', '/v1/sets/there/entries', undefined, 405, 'method-not-allowed'],
  ])('%s %s with %j is %i %s', async (method, path, body, status, code) => {
    run('create', 'there', 'hash:ip')
    run('create', 'chainmail-own', 'hash:ip')
    run('create', 'member', 'hash:ip')
    run('create', 'list', 'list:set')
    run('add', 'list', 'member')
    const before = run('save')
    expect(await refused(client.request(method, path, body))).toMatchObject({ status, code })
    expect(run('save')).toBe(before)
  })
})

describeOnKernel('the entries of a set', () => {
  it('come in pages, each entry once, whatever else changes', async () => {
    run('create', 'a', 'hash:ip')
    const all = Array.from({ length: 250 }, (_, index) => `192.0.2.${index}`).toSorted()
    ipset.addMany('a', all)
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; ; page++) {
      const path = `/v1/sets/a/entries?limit=60${cursor === '' ? '' : `&cursor=${cursor}`}`
      const { entries, next } = pageOf(await client.request('GET', path))
      seen.push(...entries.map(({ element }) => element))
      if (next === undefined) break
      expect(entries).toHaveLength(60)
      cursor = next
      // The set grows, and its hash with it.
      ipset.addMany(
        'a',
        Array.from({ length: 250 }, (_, index) => `1.0.${page}.${index}`),
      )
      if (page === 1) ipset.del('a', '192.0.2.99')
    }
    expect(seen).toEqual(all.filter((element) => element !== '192.0.2.99'))
    for (const path of ['/v1/sets?cursor=x', '/v1/sets/a/entries?cursor=x'])
      await expect(client.request('GET', path)).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('carry what the kernel tells of them, counters beyond 2^53 as texts', async () => {
    run('create', 'a', 'hash:net', 'timeout', '600', 'counters', 'comment', 'skbinfo')
    run(
      'add',
      'a',
      '192.0.2.0/24',
      'packets',
      '7',
      'bytes',
      '9223372036854775808',
      'comment',
      'a "b'.replace('"', "'"),
    )
    run(
      'add',
      'a',
      '192.0.2.128/25',
      'nomatch',
      'timeout',
      '0',
      'skbmark',
      '0x10/0xff',
      'skbprio',
      '1:a',
      'skbqueue',
      '3',
    )
    expect(await client.request('GET', '/v1/sets/a/entries')).toEqual({
      entries: [
        {
          element: '192.0.2.0/24',
          timeout: expect.any(Number),
          packets: 7,
          bytes: '9223372036854775808',
          comment: "a 'b",
        },
        {
          element: '192.0.2.128/25',
          timeout: 0,
          packets: 0,
          bytes: 0,
          comment: '',
          nomatch: true,
          skbmark: '0x10/0xff',
          skbprio: '1:a',
          skbqueue: 3,
        },
      ].map((entry) => expect.objectContaining(withoutEmpty(entry))),
    })
  })

  it.each([
    ['contains=192.0.2.7', ['192.0.2.0/24', '192.0.2.0/28']],
    ['contains=192.0.2.0/26', ['192.0.2.0/24']],
    ['within=192.0.0.0/16', ['192.0.2.0/24', '192.0.2.0/28']],
    ['within=192.0.2.0/25', ['192.0.2.0/28']],
    ['within=0.0.0.0/0', ['10.0.0.0/8', '192.0.2.0/24', '192.0.2.0/28']],
    ['within=::/0', []],
    ['comment=noise', ['10.0.0.0/8', '192.0.2.0/28']],
    ['comment=noise&contains=192.0.2.7', ['192.0.2.0/28']],
  ])('are filtered by %s', async (filter, elements) => {
    run('create', 'a', 'hash:net', 'comment')
    run('add', 'a', '192.0.2.0/24')
    run('add', 'a', '192.0.2.0/28', 'comment', 'more noise')
    run('add', 'a', '10.0.0.0/8', 'comment', 'noise')
    const { entries } = pageOf(await client.request('GET', `/v1/sets/a/entries?${filter}`))
    expect(entries.map(({ element }) => element)).toEqual(elements)
  })

  it('are filtered by any of their addresses', async () => {
    run('create', 'a', 'hash:ip,port,net')
    run('add', 'a', '192.0.2.1,tcp:80,10.0.0.0/8')
    run('add', 'a', '198.51.100.1,tcp:80,172.16.0.0/12')
    const { entries } = pageOf(await client.request('GET', '/v1/sets/a/entries?contains=10.1.2.3'))
    expect(entries.map(({ element }) => element)).toEqual(['192.0.2.1,tcp:80,10.0.0.0/8'])
  })

  it('of a list of sets keep their order', async () => {
    run('create', 'list', 'list:set')
    for (const name of ['z', 'a', 'm']) {
      run('create', name, 'hash:ip')
      run('add', 'list', name)
    }
    const { entries } = pageOf(await client.request('GET', '/v1/sets/list/entries?limit=1'))
    expect(entries.map(({ element }) => element)).toEqual(['z', 'a', 'm'])
  })

  it('come as a stream', async () => {
    run('create', 'a', 'hash:ip', 'counters')
    ipset.addMany(
      'a',
      Array.from({ length: 3000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`),
    )
    const lines: unknown[] = []
    for await (const line of client.stream('GET', '/v1/sets/a/entries?within=10.0.0.0/22')) lines.push(line)
    expect(lines).toHaveLength(1024)
    expect(lines[0]).toEqual({ element: expect.stringMatching(/^10\.0\.[0-3]\.\d+$/), packets: 0, bytes: 0 })
  })
})

describeOnKernel('entries that come as a stream', () => {
  it('are added, each with its result, and are deleted', async () => {
    run('create', 'a', 'hash:net', 'timeout', '0', 'comment')
    const lines = [
      '"192.0.2.1"',
      '{"element":"198.51.100.0/24","timeout":"10m","comment":"a b"}',
      '"2001:db8::1"',
      '{"element":"203.0.113.1","speed":1}',
      '{"timeout":1}',
      '{"element":"203.0.113.1","timeout":"soon"}',
      '{"element":"203.0.113.1","timeout":99999999}',
      '{"element":"203.0.113.1","nomatch":"yes"}',
      'nonsense',
      '',
      '[]',
      '"192.0.2.1 timeout 5"',
      '{"element":"192.0.2.2","timeout":0}',
    ]
    const answers = await stream('POST', '/v1/sets/a/entries', lines)
    expect(answers).toMatchObject([
      { line: 1, element: '192.0.2.1', ok: true },
      { line: 2, element: '198.51.100.0/24', ok: true },
      { line: 3, element: '2001:db8::1', ok: false, error: { code: 'set-family-mismatch' } },
      { line: 4, ok: false, error: { code: 'bad-request' } },
      { line: 5, ok: false, error: { code: 'bad-request' } },
      { line: 6, ok: false, error: { code: 'bad-duration' } },
      { line: 7, ok: false, error: { code: 'bad-entry-option' } },
      { line: 8, ok: false, error: { code: 'bad-request' } },
      { line: 9, ok: false, error: { code: 'bad-json' } },
      { line: 10, ok: false, error: { code: 'bad-json' } },
      { line: 11, ok: false, error: { code: 'bad-request' } },
      { line: 12, ok: false, error: { code: 'bad-element' } },
      { line: 13, element: '192.0.2.2', ok: true },
      { summary: { complete: true, lines: 13, accepted: 3, refused: 10 } },
    ])
    expect(members('a')).toEqual([
      '192.0.2.1 timeout 0',
      '192.0.2.2 timeout 0',
      expect.stringMatching(/^198\.51\.100\.0\/24 timeout \d+ comment "a b"$/),
    ])
    expect(await stream('DELETE', '/v1/sets/a/entries', ['"192.0.2.1"', '"192.0.2.9"'])).toMatchObject([
      { line: 1, ok: true },
      { line: 2, ok: false, error: { code: 'entry-not-found' } },
      { summary: { complete: true, lines: 2, accepted: 1, refused: 1 } },
    ])
    expect(members('a')).toHaveLength(2)
  })

  it('answer only what was refused when that is wanted', async () => {
    run('create', 'a', 'hash:ip')
    const lines = ['"192.0.2.1"', '"x"', '"192.0.2.2"']
    expect(await stream('POST', '/v1/sets/a/entries?results=refused', lines)).toMatchObject([
      { line: 2, ok: false },
      { summary: { complete: true, lines: 3, accepted: 2, refused: 1 } },
    ])
  })

  it('are as many as one likes, and are answered while they come', async () => {
    run('create', 'a', 'hash:ip', 'maxelem', '100000')
    let sent = 0
    async function* lines() {
      for (; sent < 50_000; sent++) yield `"10.${sent >> 16}.${(sent >> 8) & 255}.${sent & 255}"`
    }
    let answered = 0
    let sentAtFirst = 0
    for await (const _ of client.stream('POST', '/v1/sets/a/entries', lines())) {
      if (answered++ === 0) sentAtFirst = sent
    }
    expect(answered).toBe(50_001)
    expect(sentAtFirst).toBeLessThan(50_000)
    expect(run('list', '-t', 'a')).toContain('Number of entries: 50000')
  })

  it('make a set larger that is full, unless that is not wanted', async () => {
    run('create', 'a', 'hash:ip', 'maxelem', '2')
    const lines = ['"192.0.2.1"', '"192.0.2.2"', '"192.0.2.3"']
    const answers = await stream('POST', '/v1/sets/a/entries?grow=false&results=refused', lines)
    expect(answers).toMatchObject([
      { line: 3, ok: false, error: { code: 'set-full' } },
      { summary: { accepted: 2, refused: 1 } },
    ])
    expect(await refused(stream('PUT', '/v1/sets/a/entries?grow=false', lines))).toMatchObject({
      status: 409,
      code: 'set-full',
    })
    expect(await stream('POST', '/v1/sets/a/entries?results=refused', lines)).toMatchObject([
      { summary: { accepted: 3, refused: 0 } },
    ])
    expect(members('a')).toHaveLength(3)
  })

  it('find a hash that is made for as many as are expected', async () => {
    run('create', 'a', 'hash:ip')
    const lines = ['"192.0.2.1"', '"192.0.2.2"']
    await stream('POST', '/v1/sets/a/entries?expected=30000', lines)
    expect(run('list', '-t', 'a')).toMatch(/hashsize 32768 maxelem 65536 /)
    await stream('PUT', '/v1/sets/a/entries?expected=1000000', lines)
    expect(run('list', '-t', 'a')).toMatch(/hashsize 65536 maxelem 65536 /)
    expect(members('a')).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await refused(stream('PUT', '/v1/sets/a/entries?expected=many', lines))).toMatchObject({
      status: 400,
    })
  })

  it('replace all others, or nothing when one of them is refused', async () => {
    run('create', 'a', 'hash:ip')
    run('add', 'a', '192.0.2.1')
    const [result] = await stream('PUT', '/v1/sets/a/entries', ['"192.0.2.2"', '"192.0.2.3"'])
    expect(result).toEqual({ added: 2, kept: 0, removed: 1 })
    expect(members('a')).toEqual(['192.0.2.2', '192.0.2.3'])
    for (const [line, code] of [
      ['"x"', 'bad-element'],
      ['{', 'bad-json'],
      ['"2001:db8::1"', 'set-family-mismatch'],
    ] as const) {
      const refusal = await refused(stream('PUT', '/v1/sets/a/entries', ['"192.0.2.9"', line, '"192.0.2.8"']))
      expect(refusal).toMatchObject({ code, problem: { path: 'line 2' } })
    }
    expect(members('a')).toEqual(['192.0.2.2', '192.0.2.3'])
    expect(run('list', '-n')).toBe('a\n')
  })

  it.each(['POST', 'PUT', 'DELETE'])(
    'are refused where the set is not to be changed, by %s',
    async (method) => {
      run('create', 'chainmail-own', 'hash:ip')
      const own = stream(method, '/v1/sets/chainmail-own/entries', ['"192.0.2.1"'])
      expect(await refused(own)).toMatchObject({ status: 403, code: 'set-owned' })
      const nowhere = stream(method, '/v1/sets/nowhere/entries', ['"192.0.2.1"'])
      expect(await refused(nowhere)).toMatchObject({ status: 404, code: 'set-not-found' })
      expect(members('chainmail-own')).toEqual([])
    },
  )

  it.each([
    ['POST', ['192.0.2.1', '192.0.2.2']],
    ['PUT', ['192.0.2.1']],
  ])('that break off by %s leave %j', async (method, left) => {
    run('create', 'a', 'hash:ip')
    run('add', 'a', '192.0.2.1')
    const connection = connectTcp(socket)
    connection.write(
      `${method} /v1/sets/a/entries HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\nc\r\n"192.0.2.2"\n\r\n`,
    )
    if (method === 'POST') await new Promise((resolve) => connection.once('data', resolve))
    else await new Promise((resolve) => connection.write('2\r\n"1', resolve))
    connection.destroy()
    await new Promise((resolve) => connection.once('close', resolve))
    // The set that was filled aside is there until the daemon has heard of it.
    await expect.poll(() => run('list', '-n')).toBe('a\n')
    expect(members('a')).toEqual(left)
  })

  it('end with what was accepted when the set is destroyed meanwhile', async () => {
    run('create', 'a', 'hash:ip')
    async function* lines() {
      yield '"192.0.2.1"'
      yield ' '.repeat(70_000)
      await gone.promise
      yield '"192.0.2.3"'
    }
    const gone = Promise.withResolvers<void>()
    const answers: unknown[] = []
    for await (const answer of client.stream('POST', '/v1/sets/a/entries', lines())) {
      answers.push(answer)
      if (answers.length !== 1) continue
      run('destroy', 'a')
      gone.resolve()
    }
    expect(answers).toMatchObject([
      { line: 1, ok: true },
      { line: 2, ok: false, error: { code: 'bad-syntax' } },
      { summary: { complete: false, lines: 2, accepted: 1, refused: 1, error: { code: 'set-not-found' } } },
    ])
  })
})

describe('without ipset', () => {
  it('a request is refused', async () => {
    await using bare = await testServer()
    const answer = await bare.app.inject('/v1/sets')
    expect([answer.statusCode, JSON.parse(answer.payload).code]).toEqual([501, 'no-ipset-support'])
  })
})

/** Not every kernel has every type and option. */
function ifUnsupported(error: unknown): undefined {
  expect(error).toMatchObject({ status: 501, code: expect.stringMatching(/^set-(type|option)-unsupported$/) })
}

interface ReadPage {
  readonly entries: readonly { readonly element: string }[]
  readonly next: string | undefined
}

function pageOf(answer: unknown): ReadPage {
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('entries' in answer) ||
    !Array.isArray(answer.entries)
  )
    throw new Error('no page')
  const next = 'next' in answer && typeof answer.next === 'string' ? answer.next : undefined
  return { entries: answer.entries, next }
}

function withoutEmpty(entry: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== ''))
}
