import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../testing/command.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from './daemon-process.ts'

let folder = ''

async function cleanUp(): Promise<void> {
  for (const command of ['iptables', 'ip6tables']) {
    await runCommand(command, ['-t', 'raw', '-F'])
    await runCommand(command, ['-F'])
  }
  await runCommand('ipset', ['destroy'])
  rmSync(folder, { recursive: true })
}

async function output(command: string, ...words: string[]): Promise<string> {
  return (await runCommand(command, words)).stdout
}

/** The entries of the ban sets as `ipset save` writes them, without the names of the sets. */
async function entries(): Promise<string[]> {
  const saved = await output('ipset', 'save')
  const added = saved.split('\n').filter((line) => line.startsWith('add chainmail-ban'))
  return added.map((line) => line.replace(/^add \S+ /, '')).toSorted()
}

/** Seconds that the kernel still keeps an address. */
async function timeout(address: string): Promise<number> {
  const line = (await entries()).find((entry) => entry.startsWith(`${address} `))
  return Number(/ timeout (\d+)/.exec(line ?? '')?.[1])
}

describeOnKernel('the daemon', () => {
  const running: DaemonProcess[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-daemon-'))
  })
  afterEach(async () => {
    for (const daemon of running.splice(0)) if (daemon.child.exitCode === null) await daemon.end('SIGKILL')
    await cleanUp()
  })

  async function start(words: readonly string[] = []): Promise<DaemonProcess> {
    const daemon = await startProcess(folder, words)
    running.push(daemon)
    return daemon
  }

  it('says before it settles what it found, where it listens and what to try', async () => {
    const { report } = await start()
    expect(report).toMatch(/^chainmail \d+\.\d+\.\d+ on Linux \d/)
    expect(report).toMatch(/iptables 1\.\d+\.\d+, backend (nft|legacy)/)
    expect(report).toContain(join(folder, 'c.sock'))
    expect(report).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
    expect(report.match(/^ {2}(npx )?chainmail /gm)).toHaveLength(3)
  })

  it('bans in the kernel, by one rule that drops', async () => {
    const { client } = await start()
    await client.request('PUT', '/v1/bans/198.51.100.7', { for: '10m', reason: 'noise' })
    await client.request('PUT', '/v1/bans/2001:db8::%2F32')
    expect(await timeout('198.51.100.7')).toBeGreaterThan(590)
    expect((await entries()).find((entry) => entry.startsWith('198.51.100.7'))).toContain(
      'comment "noise [by ',
    )
    expect((await entries()).some((entry) => entry.startsWith('2001:db8::/32'))).toBe(true)
    expect(
      (await output('iptables-save', '-t', 'raw')).match(/-A PREROUTING .*chainmail-ban4.* -j DROP/g),
    ).toHaveLength(1)
    expect(
      (await output('ip6tables-save', '-t', 'raw')).match(/-A PREROUTING .*chainmail-ban6.* -j DROP/g),
    ).toHaveLength(1)
    await client.request('DELETE', '/v1/bans/198.51.100.7')
    expect((await entries()).some((entry) => entry.startsWith('198.51.100.7'))).toBe(false)
  })

  it('adds and deletes rules in the kernel, and reads what others made', async () => {
    const { client } = await start()
    await runCommand('iptables', ['-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP'])
    await client.request('POST', '/v1/tables/filter/chains/INPUT/rules', {
      rule: { protocol: 'tcp', matches: { tcp: { dport: 22 } }, target: 'ACCEPT' },
      position: 1,
    })
    await client.request('POST', '/v1/tables/filter/chains/INPUT/rules', { rule: '-s 192.0.2.9 -j ACCEPT' })
    expect(
      (await output('iptables-save', '-t', 'filter')).split('\n').filter((line) => line.startsWith('-A')),
    ).toEqual([
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A INPUT -s 192.0.2.1/32 -j DROP',
      '-A INPUT -s 192.0.2.9/32 -j ACCEPT',
    ])
    expect(await client.request('GET', '/v1/tables/filter/chains/INPUT')).toMatchObject({
      name: 'INPUT',
      policy: 'ACCEPT',
      rules: [{ number: 1 }, { number: 2, text: '-s 192.0.2.1/32 -j DROP' }, { number: 3 }],
    })
    await client.request('DELETE', '/v1/tables/filter/chains/INPUT/rules/1')
    await client.request('DELETE', '/v1/tables/filter/chains/INPUT/rules', { rule: '-s 192.0.2.9 -j ACCEPT' })
    expect((await output('iptables-save', '-t', 'filter')).match(/^-A .*/gm)).toEqual([
      '-A INPUT -s 192.0.2.1/32 -j DROP',
    ])
  })

  it('keeps bans and what is left of them over kill -9, a flush of the rules and the end of the sets', async () => {
    const first = await start()
    await first.client.request('PUT', '/v1/bans/198.51.100.1', { for: 600, reason: 'timed' })
    await first.client.request('PUT', '/v1/bans/198.51.100.2')
    await first.client.request('PUT', '/v1/bans/198.51.100.3', { for: 1 })
    await first.client.request('PUT', '/v1/bans/198.51.100.4')
    await first.client.request('DELETE', '/v1/bans/198.51.100.4')
    expect(await first.end('SIGKILL')).toBe('SIGKILL')

    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
    await new Promise((resolve) => setTimeout(resolve, 1100))

    const second = await start()
    expect((await entries()).map((entry) => entry.split(' ')[0])).toEqual(['198.51.100.1', '198.51.100.2'])
    const left = await timeout('198.51.100.1')
    expect(left).toBeGreaterThan(500)
    expect(left).toBeLessThan(600)
    expect(await output('iptables-save', '-t', 'raw')).toContain('chainmail-ban4')
    expect(await second.client.request('GET', '/v1/bans')).toMatchObject({
      bans: [{ address: '198.51.100.1', reason: 'timed', who: 'socket' }, { address: '198.51.100.2' }],
    })
  })

  it('takes out of the kernel what it had not yet acknowledged when it was killed', async () => {
    const first = await start()
    await first.client.request('PUT', '/v1/bans/198.51.100.1')
    await first.end('SIGKILL')
    await runCommand('ipset', ['add', 'chainmail-ban4', '198.51.100.99'])
    await start()
    expect((await entries()).map((entry) => entry.split(' ')[0])).toEqual(['198.51.100.1'])
  })

  it('finishes on SIGTERM and on SIGINT, with exit code 0, and leaves the bans in force', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const daemon = await start()
      await daemon.client.request('PUT', '/v1/bans/198.51.100.1')
      expect(await daemon.end(signal)).toBe(0)
      expect((await entries()).map((entry) => entry.split(' ')[0])).toEqual(['198.51.100.1'])
    }
  })

  it('lets a second one with the same folders end in a sentence, without a change', async () => {
    const { client } = await start()
    await client.request('PUT', '/v1/bans/198.51.100.1')
    await expect(startProcess(folder)).rejects.toThrow(
      /ended with 1: chainmail: Another daemon has .*chainmail\.sqlite open/,
    )
    await expect(startProcess(folder, ['--state-dir', join(folder, 'other')])).rejects.toThrow(
      /ended with 1: chainmail: Another daemon answers on .*c\.sock/,
    )
    expect((await entries()).map((entry) => entry.split(' ')[0])).toEqual(['198.51.100.1'])
  })

  it('lives beside another one with other folders in another namespace', async () => {
    const other = mkdtempSync(join(tmpdir(), 'chainmail-daemon-'))
    const { client } = await start()
    const inside = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath]
    const second = await startProcess(other, [], ['unshare', ...inside])
    try {
      await client.request('PUT', '/v1/bans/198.51.100.1')
      await second.client.request('PUT', '/v1/bans/198.51.100.2')
      expect(await client.request('GET', '/v1/bans')).toMatchObject({ bans: [{ address: '198.51.100.1' }] })
      expect(await second.client.request('GET', '/v1/bans')).toMatchObject({
        bans: [{ address: '198.51.100.2' }],
      })
      expect((await entries()).map((entry) => entry.split(' ')[0])).toEqual(['198.51.100.1'])
    } finally {
      await second.end('SIGTERM')
      rmSync(other, { recursive: true })
    }
  })

  it('answers in a sentence that it may not, where it lacks the privilege, and ends', async () => {
    const drop: [string, ...string[]] = [
      'setpriv',
      '--bounding-set=-net_admin',
      '--inh-caps=-net_admin',
      '--',
      process.execPath,
    ]
    await expect(startProcess(folder, [], drop)).rejects.toThrow(
      /ended with 1: chainmail: .*CAP_NET_ADMIN.*\n$/,
    )
  })

  it('answers in a sentence that iptables is not installed, and ends', async () => {
    const hide = 'mount -t tmpfs tmpfs /usr/sbin && exec "$0" "$@"'
    const without: [string, ...string[]] = ['unshare', '--mount', '--', 'sh', '-c', hide, process.execPath]
    await expect(startProcess(folder, [], without)).rejects.toThrow(
      /ended with 1: chainmail: .*apt-get install iptables.*\n$/,
    )
  })
})

describeOnKernel('bad input', () => {
  const inputs = '/v1/tables/filter/chains/INPUT/rules'

  it.each([
    ['GET', '/v1/tables/nosuch/chains/INPUT', undefined, 'table-unknown'],
    ['GET', '/v1/tables/-F/chains/INPUT', undefined, 'table-unknown'],
    ['GET', '/v1/tables/filter/chains/NOSUCH', undefined, 'chain-not-found'],
    ['POST', '/v1/tables/filter/chains/NOSUCH/rules', { rule: '-j DROP' }, 'chain-not-found'],
    ['POST', inputs, { rule: '-j NOSUCH' }, 'chain-not-found'],
    ['POST', inputs, { rule: '-m set --match-set nosuch src -j DROP' }, 'set-not-found'],
    ['POST', inputs, { rule: '-m set --match-set six src -j DROP' }, 'bad-rule'],
    ['POST', inputs, { rule: '-j DROP', position: 99 }, 'index-too-big'],
    ['POST', '/v1/tables/filter/chains/a%0Ab/rules', { rule: '-j DROP' }, 'bad-name'],
    ['POST', '/v1/tables/filter/chains/-X/rules', { rule: '-j DROP' }, 'bad-name'],
    ['POST', '/v1/tables/filter%0A*nat/chains/INPUT/rules', { rule: '-j DROP' }, 'table-unknown'],
    ['DELETE', `${inputs}/1`, undefined, 'index-too-big'],
    ['DELETE', inputs, { rule: '-j DROP' }, 'rule-not-found'],
    ['PUT', '/v1/bans/0.0.0.0%2F0', {}, 'address-allowed'],
    ['PUT', '/v1/bans/198.51.100.7', { reason: 'é'.repeat(128) }, 'bad-reason'],
  ])('%s %s %j is refused, changes nothing, and the daemon stays up', async (method, path, body, code) => {
    const { client } = daemon
    const before = await everything()
    const refusal = client.request(method, path, body)
    await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(/^[^\n]+[.]$/) })
    await expect(refusal).rejects.toSatisfy(({ status }) => status >= 400 && status < 500)
    expect(await everything()).toBe(before)
    expect(await client.request('GET', '/v1/status')).toMatchObject({ bans: 0 })
  })

  let daemon: DaemonProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-daemon-'))
    await runCommand('ipset', ['create', 'six', 'hash:ip', 'family', 'inet6'])
    daemon = await startProcess(folder)
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    await cleanUp()
  })

  async function everything(): Promise<string> {
    const all = [await output('iptables-save'), await output('ip6tables-save'), await output('ipset', 'save')]
    return all.join('\n').replaceAll(/^#.*/gm, '')
  }
})
