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
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

type Document = Readonly<Record<string, unknown>>

describeOnKernel('the audit of a daemon', () => {
  let folder = ''
  const running: DaemonProcess[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-audit-'))
  })
  afterEach(async () => {
    for (const daemon of running.splice(0)) if (daemon.child.exitCode === null) await daemon.end('SIGKILL')
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('iptables', ['-F'])
    await runCommand('ipset', ['destroy'])
    rmSync(folder, { recursive: true })
  })

  async function start(words: readonly string[] = []): Promise<DaemonProcess> {
    const daemon = await startProcess(folder, words)
    running.push(daemon)
    return daemon
  }

  /** All records, as the files hold them. */
  function records(): Document[] {
    const audit = join(folder, 'state/audit')
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
    const first = await start()
    await first.client.request('PUT', '/v1/bans/198.51.100.7')
    await first.end('SIGTERM')
    const second = await start()
    expect(records()).toMatchObject([
      { kind: 'start', revision: 0 },
      { kind: 'change', revision: 1, summary: { banned: 1 } },
      { kind: 'request', door: 'socket', peer: { process: process.pid, user: 0, group: 0 }, status: 200 },
      { kind: 'stop' },
      { kind: 'start', revision: 1 },
    ])
    expect(await verdict(second)).toMatchObject({ holds: true })
  })

  it('has a record of every change that the store keeps, whenever it was killed', async () => {
    const counts: number[] = []
    for (let round = 0; round < 4; round++) {
      const daemon = await start()
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
      await daemon.end('SIGKILL')
      await Promise.all(load)
      counts.push(answered)
    }
    const daemon = await start()
    const changes = records().filter(({ kind }) => kind === 'change')
    const revisions = await allRevisions(daemon)
    expect(changes.map(({ revision }) => revision)).toEqual(revisions.map(({ number }) => number))
    expect(changes.map(({ why }) => why)).toEqual(revisions.map(({ why }) => why))
    const answered = counts.reduce((sum, count) => sum + count, 0)
    expect(records().filter(({ kind }) => kind === 'request').length).toBeGreaterThanOrEqual(answered)
    expect(await verdict(daemon)).toMatchObject({ holds: true })
  }, 120_000)

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
    const daemon = await start()
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
    await daemon.end('SIGKILL')
    await failed
    await start()
    expect(records().at(-2)).toMatchObject({
      kind: 'broken-off',
      who: 'socket',
      door: 'socket',
      method: 'PUT',
      path: '/v1/sets/customers/entries',
      began: expect.any(String),
    })
  })

  it('writes changes down again that a power cut has taken out of the log', async () => {
    const first = await start()
    for (let index = 0; index < 5; index++) await first.client.request('PUT', `/v1/bans/198.51.100.${index}`)
    await first.end('SIGKILL')
    const file = join(folder, 'state/audit/audit-000000000001.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    const cut = lines.findIndex((line) => line.includes('"revision":3,'))
    writeFileSync(file, `${lines.slice(0, cut).join('\n')}\n`)
    const second = await start()
    const changes = records().filter(({ kind }) => kind === 'change')
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
    expect(await verdict(second)).toMatchObject({
      holds: false,
      findings: [{ kind: 'cut-off', from: cut + 1, to: 11 }],
    })
  })

  it('records what is refused before it comes to any route', async () => {
    const { report, client } = await start()
    const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(report)?.[1])
    const speak = async (words: string): Promise<string> => {
      const connection = connect({ port, host: '127.0.0.1' })
      connection.write(words)
      return text(connection)
    }
    await speak('PUT /v1/bans/198.51.100.7?token=S3cret HTTP/1.1\r\nhost: evil.example\r\n\r\n')
    await speak('nonsense\r\n\r\n')
    await client.request('GET', '/v1/audit')
    expect(records().filter(({ kind }) => kind === 'request')).toMatchObject([
      {
        door: 'loopback',
        address: '127.0.0.1',
        method: 'PUT',
        path: '/v1/bans/198.51.100.7',
        status: 421,
        code: 'host-not-allowed',
      },
      { who: 'nobody', address: '127.0.0.1', status: 400, code: 'bad-http' },
    ])
  })

  it('is found to be changed', async () => {
    const first = await start()
    for (let index = 0; index < 5; index++) await first.client.request('PUT', `/v1/bans/198.51.100.${index}`)
    await first.end('SIGTERM')
    const file = join(folder, 'state/audit/audit-000000000001.jsonl')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        '"PUT","path":"/v1/bans/198.51.100.2"',
        '"PUT","path":"/v1/bans/203.0.113.2"',
      ),
    )
    expect(await verdict(await start())).toMatchObject({
      holds: false,
      findings: [{ kind: 'changed', from: 7, to: 7, detail: 'Record 7 was changed.' }],
    })
  })

  it('refuses changes while there is no room for records, and has all of them when there is', async () => {
    const audit = join(folder, 'state/audit')
    mkdirSync(audit, { recursive: true })
    chmodSync(join(folder, 'state'), 0o700)
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', audit])
    try {
      const daemon = await start()
      const ban = (address: string) => daemon.client.request('PUT', `/v1/bans/${address}`)
      await ban('198.51.100.1')
      const filler = join(audit, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(128 * 1024))).toThrow('ENOSPC')
      let made = 1
      const failure = await (async () => {
        for (;;) {
          await ban(`198.51.100.${made + 1}`)
          made++
        }
      })().catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'audit-failed', status: 503 })
      expect(await daemon.client.request('GET', '/v1/bans')).toMatchObject({ bans: Array(made).fill({}) })
      rmSync(filler)
      await ban('198.51.100.200')
      const summaries = records().filter(({ kind }) => kind === 'change')
      expect(summaries).toHaveLength(made + 1)
      expect(await verdict(daemon)).toMatchObject({ holds: true })
      await daemon.end('SIGTERM')
    } finally {
      await runCommand('umount', [audit])
    }
  })
})
