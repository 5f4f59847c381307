import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call } from '../test-call.ts'

const folder = mkdtempSync(join(tmpdir(), 'chainmail-seeing-'))
const socket = join(folder, 'd.sock')
let status: object = {}
let server: Server

const healthy = {
  version: '1.2.3',
  uptime: 90_000,
  since: '2026-03-01T04:05:06.000Z',
  kernel: '6.18.0',
  backend: 'nft',
  mixed: false,
  report: 'iptables 1.8.9, backend nft.',
  bans: 3,
  checks: [{ name: 'store', ok: true }],
  sets: [
    { name: 'small', type: 'hash:ip', entries: 40, limit: 64, bytes: 100 },
    { name: 'chainmail-ban4', type: 'hash:net', entries: 3, limit: 16_777_216, bytes: 7_000 },
  ],
  drift: { changes: 2, drifts: 1, repairs: 1, unrepaired: [] },
  lastRevision: { number: 17, time: '2026-03-02T04:05:06.000Z', what: 'bans', who: 'bouncer' },
  probations: [{ id: 'abc123', remaining: 61_000, touches: ['ipv4 filter INPUT'], guarded: true }],
  storeBytes: 123_456,
  certificates: [{ name: 'server', until: new Date(Date.now() + 300 * 86_400_000 + 60_000).toISOString() }],
}

beforeAll(() => {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(status))
  })
  return new Promise<void>((resolve) => {
    server.listen(socket, resolve)
  })
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const ask = (...words: string[]) => call(['status', '--socket', socket, ...words])

it('shows all that somebody wants to know at three in the morning', async () => {
  status = healthy
  const { code, stdout } = await ask()
  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'probation    abc123 is taken back in 1m 1s unless it is confirmed: ipv4 filter INPUT',
    'daemon       version 1.2.3, up 1d 1h since 2026-03-01T04:05:06.000Z',
    `socket       ${socket}`,
    'kernel       Linux 6.18.0',
    'iptables     nft backend',
    'host         iptables 1.8.9, backend nft.',
    'bans         3',
    'sets         small has 40 of 64 entries, 62 %',
    '             chainmail-ban4 has 3 of 16777216 entries, 0 %',
    "drift        others changed rules 2 times and what is chainmail's once; repaired once",
    'changed      revision 17, bans by bouncer, 2026-03-02T04:05:06.000Z',
    'store        123 kB',
    expect.stringMatching(/^certificate {2}server ends in 300d, /),
    '',
  ])
})

it('tells what is wrong first, and ends with 1', async () => {
  status = {
    ...healthy,
    checks: [
      { name: 'store', ok: false, detail: 'The disk is \u001b[31mfull.' },
      { name: 'kernel', ok: true },
    ],
    sets: [{ name: 'customers', type: 'hash:ip', entries: 64_000, limit: 65_536, bytes: 1 }],
    certificates: [{ name: 'server', until: '2020-01-01T00:00:00.000Z' }],
  }
  const { code, stdout } = await ask()
  expect(code).toBe(1)
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    'PROBLEM      The disk is \\x1b[31mfull.',
    'PROBLEM      A set is nearly full: customers has 64000 of 65536 entries, 97 %.',
    'PROBLEM      A certificate has to be renewed: server has ended, 2020-01-01T00:00:00.000Z.',
    expect.stringMatching(/^probation/),
  ])
  const asJson = await ask('--json')
  expect(asJson.code).toBe(1)
  expect(JSON.parse(asJson.stdout)).toEqual(status)
})

it('shows the fullest sets, and how many there are besides', async () => {
  const sets = Array.from({ length: 30 }, (_, index) => ({
    name: `s${index}`,
    type: 'hash:ip',
    entries: index,
    limit: 100,
    bytes: 1,
  }))
  status = { ...healthy, sets }
  const { stdout } = await ask()
  expect(stdout).toContain('sets         s29 has 29 of 100 entries, 29 %\n')
  expect(stdout).toContain('             and 22 sets more\n')
})
