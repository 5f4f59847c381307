import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { probeXtables } from './backend.ts'
import type { Backend } from './programs.ts'

describeOnKernel('probeXtables', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chainmail-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
    for (const command of ['iptables-nft', 'iptables-legacy', 'ip6tables-nft', 'ip6tables-legacy']) {
      await runCommand(command, ['-F'])
      await runCommand(command, ['-P', 'INPUT', 'ACCEPT'])
    }
  })

  /** A folder of links to the real programs, as a host would have them whose plain command is of this backend. */
  async function host(plain: Backend, names: readonly string[]): Promise<string> {
    for (const name of names) {
      const real = /-(?:nft|legacy)/.test(name) ? name : name.replace('tables', `tables-${plain}`)
      await writeFile(join(folder, name), `#!/bin/sh\nexec /usr/sbin/${real} "$@"\n`)
      await chmod(join(folder, name), 0o755)
    }
    return folder
  }
  const everything = ['iptables', 'ip6tables'].flatMap((plain) =>
    ['', '-nft', '-legacy'].flatMap((backend) =>
      ['', '-save', '-restore'].map((kind) => plain + backend + kind),
    ),
  )

  test('finds programs, versions and the choice of the plain command, and creates no table', async () => {
    const before = await readFile('/proc/net/ip_tables_names', 'utf8')
    const found = await probeXtables(await host('legacy', everything))
    expect(found).toMatchObject({ plain: 'legacy', chosen: 'legacy', mixed: false })
    expect(found.states.map(({ family, backend }) => `${family} ${backend}`)).toEqual([
      'ipv4 nft',
      'ipv4 legacy',
      'ipv6 nft',
      'ipv6 legacy',
    ])
    const { stdout } = await runCommand('iptables-nft', ['--version'])
    for (const state of found.states) {
      expect(stdout).toContain(`v${state.version} `)
      expect(state).toMatchObject({ unavailable: undefined, rules: 0, inUse: false })
      expect(state.restoreProgram).toMatch(new RegExp(`^${folder}/ip6?tables-${state.backend}-restore$`))
    }
    expect(await readFile('/proc/net/ip_tables_names', 'utf8')).toBe(before)
    expect(found.report).toMatch(/^iptables [\d.]+, backend legacy: no rules yet, /)
  })

  test('the backend that is in use wins over the plain command', async () => {
    await runCommand('ip6tables-nft', ['-A', 'INPUT', '-j', 'ACCEPT'])
    const found = await probeXtables(await host('legacy', everything))
    expect(found).toMatchObject({ plain: 'legacy', chosen: 'nft', mixed: false })
    expect(found.report).toContain('although the plain iptables command is legacy')
  })

  test('a closed policy is use, an empty table is not', async () => {
    await runCommand('iptables-nft', ['-S'])
    await runCommand('iptables-legacy', ['-P', 'INPUT', 'DROP'])
    expect(await probeXtables(await host('nft', everything))).toMatchObject({
      chosen: 'legacy',
      mixed: false,
    })
  })

  test('a host where both backends hold rules is reported as mixed', async () => {
    await runCommand('iptables-nft', ['-A', 'INPUT', '-j', 'ACCEPT'])
    await runCommand('iptables-legacy', ['-A', 'INPUT', '-j', 'ACCEPT'])
    const found = await probeXtables(await host('legacy', everything))
    expect(found).toMatchObject({ mixed: true, chosen: 'legacy' })
    expect(found.report).toContain('both backends are in use (nft 1 rules, legacy 1)')
  })

  test('a host with plain names only is understood by their version lines', async () => {
    const found = await probeXtables(await host('nft', ['iptables', 'iptables-save', 'iptables-restore']))
    expect(found.states).toMatchObject([{ family: 'ipv4', backend: 'nft' }])
    expect(found.report).toContain('there are no programs for ipv6')
  })

  test('a host without iptables is told what to install', async () => {
    await expect(probeXtables(folder)).rejects.toMatchObject({
      code: 'iptables-not-installed',
      message: expect.stringContaining('apt-get install iptables'),
    })
  })

  test('a process without privileges is told so, before and after tables exist', async () => {
    const url = JSON.stringify(new URL('./backend.ts', import.meta.url).href)
    const program = `const { probeXtables } = await import(${url}); console.log(await probeXtables(${JSON.stringify(folder)}).catch((error) => error.code))`
    const unprivileged = [
      '--bounding-set',
      '-net_admin',
      '--inh-caps',
      '-net_admin',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ]
    const legacyOnly = ['iptables-legacy-save', 'iptables-legacy-restore']
    for (const name of legacyOnly) await symlink(`/usr/sbin/${name}`, join(folder, name))
    expect((await runCommand('setpriv', unprivileged)).stdout).toBe('not-permitted\n')
    await runCommand('iptables-legacy', ['-A', 'INPUT', '-j', 'ACCEPT'])
    expect((await runCommand('setpriv', unprivileged)).stdout).toBe('not-permitted\n')
    await host(
      'nft',
      everything.filter((name) => !legacyOnly.includes(name)),
    )
    expect((await runCommand('setpriv', unprivileged)).stdout).toBe('not-permitted\n')
  })
})
