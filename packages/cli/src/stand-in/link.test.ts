import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../../testing/daemon.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'

const runFile = promisify(execFile)
const launcher = join(import.meta.dirname, '../../bin/chainmail.mjs')
const programs = ['iptables', 'ip6tables', 'iptables-save', 'iptables-restore', 'ipset']

describeOnKernel('a link that is named like a program of iptables, or ipset', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-link-'))
  let daemon: TestDaemon
  beforeAll(async () => {
    for (const program of programs) symlinkSync(launcher, join(folder, program))
    daemon = await startDaemon(folder)
  })
  afterAll(async () => {
    await daemon.stop()
    rmSync(folder, { recursive: true })
  })

  // The links come first on the path, as they do where they are installed.
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    CHAINMAIL_SOCKET: daemon.socket,
  })
  const script = (
    lines: string,
    others: NodeJS.ProcessEnv = {},
  ): Promise<{ stdout: string; stderr: string }> =>
    runFile('/bin/sh', ['-c', lines], { env: { ...environment(), ...others } })
  const chainmail = async (words: readonly string[], input = '') => {
    const child = spawn(process.execPath, [launcher, ...words], { env: environment() })
    child.stdin.end(input)
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    return { code, stdout, stderr }
  }
  const revisions = async (): Promise<readonly { number: number; what: string; summary: unknown }[]> => {
    const { stdout } = await chainmail(['log', '--json'])
    return JSON.parse(stdout).revisions
  }
  const kernel = async (): Promise<string> => {
    const { stdout: rules } = await runFile('/usr/sbin/iptables-save', ['-t', 'filter'])
    const { stdout: sets } = await runFile('/usr/sbin/ipset', ['save'])
    const owned = /^\S+ chainmail-.*\n/gm
    return rules.replace(/^#.*\n|\[\d+:\d+\]/gm, '') + sets.replace(owned, '').replace(/ initval \S+/g, '')
  }

  it('serves a script by way of the daemon, whose history has each change', async () => {
    const { stdout, stderr } = await script(
      `iptables -N app && iptables -A app -s 192.0.2.7 -j DROP && iptables -I INPUT -j app
       iptables -C app -s 192.0.2.9 -j DROP || echo "not there: $?"
       iptables -S app; iptables -t nope -L; echo $?`,
    )
    expect(stdout).toBe('not there: 1\n-N app\n-A app -s 192.0.2.7/32 -j DROP\n3\n')
    expect(stderr).toMatch(/^iptables: Bad rule .*\niptables v.* does not exist.*\nPerhaps iptables or /)
    const { stdout: real } = await runFile('/usr/sbin/iptables-save')
    expect(real).toContain('-A INPUT -j app\n-A app -s 192.0.2.7/32 -j DROP\n')
    await script(`printf '*filter\\n-A app -s 192.0.2.8 -j DROP\\nCOMMIT\\n' | iptables-restore -n`)
    const { stdout: restored } = await script(
      `iptables -S app 2; iptables-save -f ${folder}/rules -t filter; grep -c 192.0.2.8 ${folder}/rules
       iptables-save -f ${folder}/none/rules || echo $?`,
    )
    expect(restored).toBe('-A app -s 192.0.2.8/32 -j DROP\n1\n1\n')
    expect(await revisions()).toHaveLength(4)
  }, 60_000)

  it('serves a script of iptables and ipset, all of which a rollback takes back', async () => {
    await script(`iptables -A FORWARD -s 192.0.2.99 -j DROP
      ipset create kept hash:ip comment; ipset add kept 192.0.2.1 comment "stays"`)
    const before = await kernel()
    const [{ number } = { number: 0 }] = await revisions()
    const saved = join(folder, 'sets')
    const { stdout, stderr } = await script(
      `set -e
       ipset create customers hash:net timeout 600
       ipset add customers 198.51.100.0/24
       ipset -exist add customers 198.51.100.0/24 timeout 900
       iptables -w 5 -A FORWARD -m set --match-set customers src -j ACCEPT
       printf 'add kept 192.0.2.2\\nadd kept 192.0.2.3\\ndel kept 192.0.2.1\\n' | ipset restore
       ipset test kept 192.0.2.2
       ipset -file ${saved} save kept
       ipset -! restore -file ${saved}
       ipset list -n kept; ipset destroy nope || echo "not there: $?"`,
    )
    expect(stdout).toBe('kept\nnot there: 1\n')
    expect(stderr).toBe(
      'Warning: 192.0.2.2 is in set kept.\nipset v7.17: The set with the given name does not exist\n',
    )
    expect(readFileSync(saved, 'utf8')).toMatch(/^create kept hash:ip .*\n(?:add kept 192\.0\.2\.[23]\n){2}$/)
    const done = await revisions()
    expect(done.filter((one) => one.number > number).map(({ what }) => what)).toEqual([
      'sets',
      'rules',
      'sets',
      'sets',
      'sets',
    ])
    const { code } = await chainmail(['rollback', String(number)])
    expect(code).toBe(0)
    expect(await kernel()).toBe(before)
  }, 60_000)

  it('is called by chainmail script for all of its commands in one go, as one revision', async () => {
    const before = await kernel()
    const [{ number } = { number: 0 }] = await revisions()
    const file = join(folder, 'firewall.sh')
    writeFileSync(
      file,
      `#!/bin/sh
       # both of them
       /usr/sbin/ipset create office hash:ip
       ipset add office 192.0.2.70
       iptables --wait -A FORWARD -m set --match-set office src \\
         -m comment --comment "from the office" -j ACCEPT
       iptables -S FORWARD 1; iptables -A FORWARD --nope`.replace('; ', '\n'),
    )
    const { code, stdout, stderr } = await chainmail(['script', file])
    expect([code, stdout]).toEqual([2, '-A FORWARD -s 192.0.2.99/32 -j DROP\n'])
    expect(stderr).toMatch(/^iptables v.*: unknown option "--nope"\nTry /)
    expect(await kernel()).toContain('--comment "from the office"')
    expect((await revisions()).filter((one) => one.number > number)).toMatchObject([
      { number: number + 1, what: 'rules', summary: { rulesAdded: 1, setsCreated: 1 } },
    ])
    await chainmail(['rollback', String(number)])
    expect(await kernel()).toBe(before)
    const refused = await chainmail(['script'], 'iptables -A FORWARD -j DROP\nrm -rf $HOME\n')
    expect(refused.code).toBe(2)
    expect(await kernel()).toBe(before)
  }, 60_000)

  it('is told beforehand what its commands would do, in a dry run that changes nothing', async () => {
    const before = await kernel()
    const calls = [
      ['ipset', 'create', 'fresh', 'hash:ip'],
      ['ipset', 'add', 'fresh', '192.0.2.5'],
      ['ipset', 'add', 'kept', '192.0.2.5'],
      ['ipset', 'swap', 'fresh', 'kept'],
      ['ipset', 'rename', 'fresh', 'older'],
      ['ipset', 'del', 'older', '192.0.2.1'],
      ['ipset', 'list', '-n', 'older'],
      ['iptables', '-A', 'FORWARD', '-m', 'set', '--match-set', 'older', 'src', '-j', 'DROP'],
      ['ipset', 'add', 'fresh', '192.0.2.6'],
    ].map(([program, ...words]) => ({ program, arguments: words }))
    const { stdout } = await runFile('curl', [
      ...['-s', '--unix-socket', daemon.socket, '-H', 'content-type: application/json'],
      ...['-d', JSON.stringify({ calls }), 'http://localhost/v1/programs?dryRun=true'],
    ])
    const { runs, summary } = JSON.parse(stdout)
    expect(runs.map(({ code }: { code: number }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(runs[6].stdout).toBe('older\n')
    expect(summary).toEqual({
      rulesAdded: 1,
      setsCreated: 1,
      setsChanged: 1,
      entriesAdded: 1,
      entriesRemoved: 1,
    })
    expect(await kernel()).toBe(before)
  }, 60_000)

  it('goes to the kernel itself where the environment says so, and never calls itself', async () => {
    const direct = { CHAINMAIL_DIRECT: '1' }
    const { stdout } = await script(
      'iptables -A FORWARD -j DROP; iptables-save -t filter; ip6tables -S INPUT; ipset create own hash:ip; ipset -n list own',
      direct,
    )
    expect(stdout).toContain('-A FORWARD -j DROP\n')
    expect(stdout.endsWith('-P INPUT ACCEPT\nown\n')).toBe(true)
  }, 60_000)
})
