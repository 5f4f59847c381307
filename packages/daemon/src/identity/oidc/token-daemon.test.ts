import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../../../../../testing/command.ts'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Client, connect } from '../../client.ts'
import { type DaemonProcess, startProcess } from '../../daemon-process.ts'
import { openTestIssuer, type TestIssuer } from './test-issuer.ts'

let folder = ''
let groups = ''
let issuer: TestIssuer
let daemon: DaemonProcess
let url = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-token-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function bearer(apiKey: string): Client {
  return connect({ remote: { url, apiKey } })
}

describeOnKernel('a daemon that takes tokens', () => {
  beforeAll(async () => {
    issuer = await openTestIssuer(['soc'])
    groups = join(folder, 'groups.json')
    writeFileSync(
      groups,
      '[{ "group": "soc", "permissions": { "read": true, "ban": { "longest": "1h", "unban": true } } }]',
    )
    const words = ['--http-identity', 'required', '--oidc-issuer', issuer.url, '--oidc-groups', groups]
    daemon = await startProcess(folder, words)
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(daemon.report)?.[0] ?? ''
  }, 60_000)
  afterAll(async () => {
    await daemon.end('SIGTERM')
    await issuer[Symbol.asyncDispose]()
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
  })

  it('says that the issuer is down, and takes them once it is not', async () => {
    const token = await issuer.token()
    issuer.down(true)
    await expect(bearer(token).request('GET', '/v1/bans')).rejects.toMatchObject({
      status: 503,
      code: 'issuer-unreachable',
    })
    issuer.down(false)
    const bans = () => bearer(token).request('GET', '/v1/bans')
    await expect
      .poll(() => bans().catch(String), { timeout: 30_000, interval: 500 })
      .toMatchObject({ bans: [] })
  }, 40_000)

  it('lets their bearers do what their groups may, and tells who it was', async () => {
    const client = bearer(await issuer.token())
    await client.request('PUT', '/v1/bans/198.51.100.1', { for: '10m' })
    expect((await runCommand('ipset', ['save'])).stdout).toContain(' 198.51.100.1 timeout ')
    expect(await daemon.client.request('GET', '/v1/revisions?limit=1')).toMatchObject({
      revisions: [{ who: 'oidc:deploy' }],
    })
    await expect(client.request('PUT', '/v1/bans/198.51.100.2', { for: '2h' })).rejects.toMatchObject({
      status: 403,
      code: 'permission-missing',
    })
    await expect(client.request('GET', '/v1/keys')).rejects.toMatchObject({ status: 403 })
    await client.request('DELETE', '/v1/bans/198.51.100.1')
  })

  it('refuses those of others, and for others', async () => {
    await using other = await openTestIssuer(['soc'])
    await expect(bearer(await other.token()).request('GET', '/v1/bans')).rejects.toMatchObject({
      status: 401,
    })
    await expect(bearer(await issuer.token('urn:other')).request('GET', '/v1/bans')).rejects.toMatchObject({
      status: 401,
    })
  })

  it('reads anew what groups may do', async () => {
    writeFileSync(groups, '[{ "group": "soc", "permissions": { "everything": true } }]')
    daemon.child.kill('SIGHUP')
    await expect
      .poll(
        async () =>
          bearer(await issuer.token())
            .request('GET', '/v1/keys')
            .catch(({ status }: { status: unknown }) => status),
        { timeout: 20_000 },
      )
      .toEqual({ keys: [] })
  }, 30_000)
})
