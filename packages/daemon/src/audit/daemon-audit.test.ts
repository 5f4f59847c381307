import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

type Document = Readonly<Record<string, unknown>>

/** As much room as the audit has. */
const AUDIT_BYTES = 16 * 1024 * 1024

describeOnKernel('the audit of a daemon', () => {
  let folder = ''
  let audit = ''
  let file = ''
  /** One state goes through all tests, so that each kill and each start is another's too. */
  let running: DaemonProcess | undefined

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-audit-'))
    audit = join(folder, 'state/audit')
    file = join(audit, 'audit-000000000001.jsonl')
    mkdirSync(audit, { recursive: true })
    chmodSync(join(folder, 'state'), 0o700)
    await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${AUDIT_BYTES},mode=700`, 'tmpfs', audit])
  })
  afterAll(async () => {
    await stop('SIGKILL')
    await runCommand('umount', [audit])
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
    rmSync(folder, { recursive: true })
  })

  /** The daemon that runs, started if none does. */
  async function daemonOf(): Promise<DaemonProcess> {
    running ??= await startProcess(folder)
    return running
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    await running?.end(signal)
    running = undefined
  }

  /** All records, as the files hold them. */
  function records(): Document[] {
    return readdirSync(audit)
      .filter((name) => name.endsWith('.jsonl'))
      .toSorted()
      .flatMap((name) => readFileSync(join(audit, name), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line))
  }

  async function verdict({ client }: DaemonProcess): Promise<unknown> {
    return client.request('GET', '/v1/audit/verify')
  }

  it('tells who of this host has come by the socket, and of starts and ends', async () => {
    await (await daemonOf()).client.request('PUT', '/v1/bans/198.51.100.7')
    await stop('SIGTERM')
    const second = await daemonOf()
    expect(records()).toMatchObject([
      { kind: 'start', revision: 0 },
      { kind: 'change', revision: 1, summary: { banned: 1 } },
      { kind: 'request', door: 'socket', peer: { process: process.pid, user: 0, group: 0 }, status: 200 },
      { kind: 'stop' },
      { kind: 'start', revision: 1 },
    ])
    expect(await verdict(second)).toMatchObject({ holds: true })
  }, 60_000)

  it('records what is refused before it comes to any route', async () => {
    const { report, client } = await daemonOf()
    const known = records().length
    const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(report)?.[1])
    const speak = async (words: string): Promise<string> => {
      const connection = connect({ port, host: '127.0.0.1' })
      connection.write(words)
      return text(connection)
    }
    await speak('PUT /v1/bans/198.51.100.7?token=S3cret HTTP/1.1\r\nhost: evil.example\r\n\r\n')
    await speak('nonsense\r\n\r\n')
    await client.request('GET', '/v1/audit')
    expect(records().slice(known)).toMatchObject([
      {
        kind: 'request',
        door: 'loopback',
        address: '127.0.0.1',
        method: 'PUT',
        path: '/v1/bans/198.51.100.7',
        status: 421,
        code: 'host-not-allowed',
      },
      { kind: 'request', who: 'nobody', address: '127.0.0.1', status: 400, code: 'bad-http' },
    ])
  })

  it('is found to be changed', async () => {
    const daemon = await daemonOf()
    for (let index = 0; index < 5; index++) await daemon.client.request('PUT', `/v1/bans/198.51.100.${index}`)
    const text = readFileSync(file, 'utf8')
    const record = records().findLast(({ path }) => path === '/v1/bans/198.51.100.2')?.number
    const right = '"PUT","path":"/v1/bans/198.51.100.2"'
    writeFileSync(file, text.replace(right, '"PUT","path":"/v1/bans/203.0.113.2"'))
    expect(await verdict(daemon)).toMatchObject({
      holds: false,
      findings: [{ kind: 'changed', from: record, to: record, detail: `Record ${record} was changed.` }],
    })
    writeFileSync(file, text)
    expect(await verdict(daemon)).toMatchObject({ holds: true })
  })

  it('has a record of every change that the store keeps, whenever it was killed', async () => {
    const counts: number[] = []
    for (let round = 0; round < 4; round++) {
      const daemon = await daemonOf()
      let answered = 0
      const ask = async (caller: number): Promise<void> => {
        for (let index = 0; ; index++) {
          const why = `${round}-${caller}-${index}`
          await daemon.client.request('PUT', `/v1/bans/10.${round}.${caller}.${index}`, undefined, { why })
          answered++
        }
      }
      const load = Array.from({ length: 8 }, (_, caller) => ask(caller).catch(() => undefined))
      await expect.poll(() => answered, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100)
      await stop('SIGKILL')
      await Promise.all(load)
      counts.push(answered)
    }
    const daemon = await daemonOf()
    const changes = records().filter(({ kind }) => kind === 'change')
    const revisions = await allRevisions(daemon)
    expect(changes.map(({ revision }) => revision)).toEqual(revisions.map(({ number }) => number))
    expect(changes.map(({ why }) => why)).toEqual(revisions.map(({ why }) => why))
    const answered = counts.reduce((sum, count) => sum + count, 0)
    expect(records().filter(({ kind }) => kind === 'request').length).toBeGreaterThanOrEqual(answered)
    expect(await verdict(daemon)).toMatchObject({ holds: true })
  }, 240_000)

  async function allRevisions({ client }: DaemonProcess): Promise<Document[]> {
    const all: Document[] = []
    for (;;) {
      const answer = await client.request('GET', `/v1/revisions?after=${all.length}&limit=1000`)
      const page: Document[] = Object(answer).revisions
      if (page.length === 0) return all
      all.push(...page)
    }
  }

  it('tells which request was under way when it was killed, if its change stands in the kernel alone', async () => {
    const daemon = await daemonOf()
    await daemon.client.request('POST', '/v1/sets', { name: 'customers', type: 'hash:ip' })
    async function* lines(): AsyncGenerator<string> {
      // As much as the client sends together.
      for (let index = 0; index < 10_000; index++) yield `"10.0.${index >> 8}.${index & 255}"`
      await new Promise(() => undefined)
    }
    const replace = daemon.client.stream('PUT', '/v1/sets/customers/entries', lines()).next()
    const failed = expect(replace).rejects.toThrow()
    const underWay = join(folder, 'state/audit/under-way')
    await expect.poll(() => existsSync(underWay) && readFileSync(underWay, 'utf8')).toContain('PUT')
    await stop('SIGKILL')
    await failed
    await daemonOf()
    expect(records().at(-2)).toMatchObject({
      kind: 'broken-off',
      who: 'socket',
      door: 'socket',
      peer: { process: process.pid, user: 0, group: 0 },
      method: 'PUT',
      path: '/v1/sets/customers/entries',
      began: expect.any(String),
    })
  }, 60_000)

  it('writes changes down again that a power cut has taken out of the log', async () => {
    const first = await daemonOf()
    const before = (await allRevisions(first)).length
    for (let index = 0; index < 5; index++) await first.client.request('PUT', `/v1/bans/203.0.113.${index}`)
    await stop('SIGKILL')
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    const cut = lines.findIndex((line) => line.includes(`"revision":${before + 3},`))
    writeFileSync(file, `${lines.slice(0, cut).join('\n')}\n`)
    const second = await daemonOf()
    const changes = records().filter(({ kind }) => kind === 'change')
    expect(changes.map(({ revision }) => revision)).toEqual(changes.map((_, index) => index + 1))
    expect(changes).toHaveLength(before + 5)
    expect(await verdict(second)).toMatchObject({
      holds: false,
      findings: [{ kind: 'cut-off', from: cut + 1, to: lines.length }],
    })
  }, 60_000)

  it('refuses changes while there is no room for records, and has all of them when there is', async () => {
    const daemon = await daemonOf()
    const bans = async (): Promise<number> => Object(await daemon.client.request('GET', '/v1/status')).bans
    const changes = () => records().filter(({ kind }) => kind === 'change').length
    const [bansBefore, changesBefore] = [await bans(), changes()]
    const ban = (address: string) => daemon.client.request('PUT', `/v1/bans/${address}`)
    const filler = join(audit, 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(AUDIT_BYTES))).toThrow('ENOSPC')
    let made = 0
    const failure = await (async () => {
      for (;;) {
        await ban(`192.0.2.${made}`)
        made++
      }
    })().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'audit-failed', status: 503 })
    expect(await bans()).toBe(bansBefore + made)
    rmSync(filler)
    await ban('192.0.2.200')
    expect(changes()).toBe(changesBefore + made + 1)
    expect(await verdict(daemon)).toMatchObject({ findings: [{ kind: 'cut-off' }] })
  })
})
