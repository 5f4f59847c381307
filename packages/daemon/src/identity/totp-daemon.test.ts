import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type Client, connect } from '../client.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'
import { authenticatorOf, shownFor } from './test-authenticator.ts'

let folder = ''
let daemon: DaemonProcess
let url = ''
let key = ''
let said = ''
let password: (at: number) => string
let secret = ''

async function start(): Promise<void> {
  daemon = await startProcess(folder, ['--http-identity', 'required', '--login-failures', '0'])
  daemon.child.stderr?.on('data', (piece: string) => {
    said += piece
  })
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(daemon.report)?.[0] ?? ''
}

function told(answer: unknown, member: string): string {
  const members: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {}
  return String(members[member])
}

/** Somebody with the key and, perhaps, a one-time password. */
function alice(given?: string): Client {
  return connect({ remote: { url, apiKey: key }, oneTimePasswords: { given } })
}

const rules = '/v1/tables/filter/chains/INPUT/rules?family=ipv4'
const addRule = (client: Client, address: string) =>
  client.request('POST', rules, { rule: `-s ${address}/32 -j DROP` })
/** Without the comments, which tell the time. */
/** Without comments, and without what chains have counted, which iptables-nft prints since 1.8.10. */
const saved = async () =>
  (await runCommand('iptables-save', [])).stdout.replaceAll(/^#.*\n| \[\d+:\d+\]$/gm, '')

const required = { status: 403, code: 'second-factor-required' }
const wrong = { status: 403, code: 'second-factor-wrong' }

describeOnKernel('a daemon that asks for a second factor', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-totp-'))
    await start()
    const made = await daemon.client.request('POST', '/v1/keys', {
      name: 'alice',
      permissions: { everything: true, secondFactor: true },
    })
    key = told(made, 'key')
  }, 60_000)
  afterAll(async () => {
    await daemon.end('SIGTERM')
    await runCommand('iptables', ['-F'])
    await runCommand('iptables', ['-X'])
    await runCommand('ip6tables', ['-F'])
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    const uri = told(await daemon.client.request('POST', '/v1/keys/alice/totp'), 'uri')
    password = authenticatorOf(uri)
    secret = new URL(uri).searchParams.get('secret') ?? ''
  })

  it('lets who has none yet read and ban, and neither change rules nor make himself one', async () => {
    await daemon.client.request('DELETE', '/v1/keys/alice/totp')
    await alice().request('PUT', '/v1/bans/198.51.100.1', { for: '10m' })
    await alice().request('DELETE', '/v1/bans/198.51.100.1')
    await alice().request('GET', '/v1/keys')
    await expect(addRule(alice('123456'), '192.0.2.1')).rejects.toMatchObject(required)
    await expect(alice().request('POST', '/v1/keys/alice/totp')).rejects.toMatchObject(required)
    await expect(daemon.client.request('DELETE', '/v1/keys/alice/totp')).rejects.toMatchObject({
      status: 404,
      code: 'totp-not-found',
    })
  })

  it('takes each password once, for one change, also after a restart', async () => {
    const now = Date.now()
    await addRule(alice(password(now)), '192.0.2.2')
    expect(await saved()).toContain('-A INPUT -s 192.0.2.2/32 -j DROP')
    await expect(addRule(alice(password(now)), '192.0.2.3')).rejects.toMatchObject(wrong)
    await daemon.end('SIGTERM')
    await start()
    await expect(addRule(alice(password(now)), '192.0.2.3')).rejects.toMatchObject(wrong)
    await addRule(alice(password(now + shownFor)), '192.0.2.4')
    expect(await saved()).not.toContain('192.0.2.3')
    expect(await saved()).toContain('192.0.2.4')
  }, 60_000)

  it.each([
    ['PUT', '/v1/allowlist/192.0.2.9', {}],
    ['POST', '/v1/keys', { name: 'mine', permissions: { everything: true } }],
    ['DELETE', '/v1/keys/alice', undefined],
    ['DELETE', '/v1/keys/alice/totp', undefined],
    ['POST', '/v1/sets', { name: 'mine', type: 'hash:net' }],
    ['POST', '/v1/apply', { tables: [{ chains: { mine: [] } }] }],
    ['POST', '/v1/revisions/1/rollback', undefined],
    ['POST', '/v1/programs/iptables', { arguments: ['-F', 'INPUT'] }],
  ])('refuses %s %s without one', async (method, path, body) => {
    const before = await saved()
    await expect(alice().request(method, path, body)).rejects.toMatchObject(required)
    expect(await saved()).toBe(before)
  })

  it('asks clients of rfw too, where they let somebody in', async () => {
    const put = (path: string) =>
      fetch(url + path, { method: 'PUT', headers: { authorization: `Bearer ${key}` } })
    expect((await put('/accept/input/any/192.0.2.9')).status).toBe(403)
    expect((await put('/drop/input/any/192.0.2.9?expire=60')).status).toBe(200)
  })

  it('refuses the lines of a stream that would change a set', async () => {
    await daemon.client.request('POST', '/v1/sets', { name: 'ours', type: 'hash:net' })
    const add = async (client: Client) => {
      for await (const _ of client.stream('POST', '/v1/sets/ours/entries', ['"192.0.2.9"']));
    }
    await expect(add(alice())).rejects.toMatchObject(required)
    await add(alice(password(Date.now())))
    expect((await runCommand('ipset', ['list', 'ours'])).stdout).toContain('192.0.2.9')
    await daemon.client.request('DELETE', '/v1/sets/ours')
  })

  it('counts a wrong one as a failed login, and lets the bans of the same key go on', async () => {
    await expect(addRule(alice('00000x'), '192.0.2.5')).rejects.toMatchObject(wrong)
    await alice().request('PUT', '/v1/bans/198.51.100.1', { for: '10m' })
    await alice().request('DELETE', '/v1/bans/198.51.100.1')
    expect(said).toContain('wrong one-time password of alice')
  }, 60_000)

  it('tells the secret once', async () => {
    const given = password(Date.now())
    await addRule(alice(given), '192.0.2.6')
    const { keys } = JSON.parse(JSON.stringify(await daemon.client.request('GET', '/v1/keys')))
    expect(keys).toContainEqual(expect.objectContaining({ name: 'alice', totp: true }))
    expect(JSON.stringify(keys)).not.toContain(secret)
    expect(said).not.toContain(secret)
    const files = readdirSync(join(folder, 'state', 'audit'), { recursive: true, withFileTypes: true })
    for (const file of files.filter((one) => one.isFile())) {
      const text = readFileSync(join(file.parentPath, file.name), 'utf8')
      expect(text).not.toContain(secret)
      expect(text).not.toContain(given)
    }
  })
})
