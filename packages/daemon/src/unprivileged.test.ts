import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../testing/command.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from './daemon-process.ts'

const lockFile = '/run/xtables.lock'

/**
 * Node as a user who is not root, in a network namespace of his own, with the capabilities that the service's unit
 * grants and without the hope of any other.
 */
const node: readonly [string, ...string[]] = [
  'unshare',
  '--user',
  '--map-user=997',
  '--map-group=997',
  '--keep-caps',
  '--net',
  '--',
  'setpriv',
  '--no-new-privs',
  '--bounding-set=-all,+net_admin,+net_raw',
  '--inh-caps=-all,+net_admin,+net_raw',
  '--ambient-caps=-all,+net_admin,+net_raw',
  'sh',
  '-c',
  'ip link set lo up && exec "$0" "$@"',
  process.execPath,
]

let folder: string
let daemon: DaemonProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-unprivileged-'))
  writeFileSync(lockFile, '', { mode: 0o440 })
  chmodSync(lockFile, 0o440)
})
afterEach(async () => {
  await daemon?.end('SIGTERM')
  daemon = undefined
  rmSync(folder, { recursive: true })
  rmSync(lockFile, { force: true })
})

const inside = async (program: string, ...words: string[]): Promise<string> => {
  const target = String(daemon?.child.pid)
  return (await runCommand('nsenter', ['-t', target, '-n', program, ...words])).stdout
}

describeOnKernel.each(['nft', 'legacy'] as const)('a daemon without root, on %s', (backend) => {
  it('has two capabilities and no more, and bans and changes rules with them', async () => {
    daemon = await startProcess(folder, ['--backend', backend], node)
    const status = await runCommand('cat', [`/proc/${daemon.child.pid}/status`])
    // CAP_NET_ADMIN is 12 and CAP_NET_RAW 13, linux/capability.h.
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status.stdout).toContain(`${set}:\t0000000000003000`)
    await daemon.client.request('PUT', '/v1/bans/198.51.100.7', { reason: 'without root' })
    expect(await inside('ipset', 'save')).toMatch(/^add \S+ 198\.51\.100\.7/m)
    await daemon.client.request('POST', '/v1/tables/filter/chains/INPUT/rules', {
      rule: '-s 192.0.2.1 -j DROP',
    })
    const saved = await inside(`iptables-${backend}-save`)
    expect(saved).toContain('-A INPUT -s 192.0.2.1/32 -j DROP')
    expect(saved).toMatch(/^-A PREROUTING .*--match-set .* src .*-j DROP/m)
  }, 60_000)
})

describeOnKernel('a daemon without root', () => {
  it('says in a sentence what it needs when it may not open the lock of iptables', async () => {
    chmodSync(lockFile, 0)
    daemon = await startProcess(folder, ['--backend', 'legacy'], node).catch((error: unknown) => {
      expect(String(error)).toContain(lockFile)
      return undefined
    })
    if (daemon === undefined) return
    await expect(
      daemon.client.request('POST', '/v1/tables/filter/chains/INPUT/rules', {
        rule: '-s 192.0.2.1 -j DROP',
      }),
    ).rejects.toMatchObject({
      problem: { code: 'lock-unavailable', detail: expect.stringContaining(lockFile) },
    })
  }, 60_000)
})
