import { expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { LegacyTables } from './legacy-tables.ts'

describeOnKernel.each([
  { family: 'ipv4', program: 'iptables-legacy', first: '192.0.2.1', second: '192.0.2.2' },
  { family: 'ipv6', program: 'ip6tables-legacy', first: '2001:db8::1', second: '2001:db8::2' },
] as const)('the legacy tables of $family', ({ family, program, first, second }) => {
  const iptables = (...words: string[]) => runCommand(program, words)

  it('tell of rules that came or went by their outlines', async () => {
    using tables = new LegacyTables(family)
    await iptables('-A', 'INPUT', '-s', first, '-j', 'DROP')
    expect(tables.entriesChanged()).toBe(true)
    expect(tables.outlinesChanged()).toBe(false)
    await iptables('-A', 'INPUT', '-s', second, '-j', 'DROP')
    expect(tables.outlinesChanged()).toBe(true)
    expect(tables.outlinesChanged()).toBe(false)
    await iptables('-F', 'INPUT')
    expect(tables.outlinesChanged()).toBe(true)
  })

  it('tell of a rule that was moved or changed by their entries, and not of counters', async () => {
    using tables = new LegacyTables(family)
    await iptables('-A', 'INPUT', '-s', first, '-j', 'DROP')
    await iptables('-A', 'INPUT', '-s', second, '-j', 'DROP')
    tables.entriesChanged()
    expect(tables.entriesChanged()).toBe(false)
    await iptables('-D', 'INPUT', '1')
    await iptables('-A', 'INPUT', '-s', first, '-j', 'DROP')
    expect(tables.outlinesChanged()).toBe(false)
    expect(tables.entriesChanged()).toBe(true)
    await iptables('-R', 'INPUT', '1', '-s', second, '-j', 'ACCEPT')
    expect(tables.entriesChanged()).toBe(true)
    await iptables('-A', 'INPUT', '-i', 'lo', '-c', '0', '0')
    tables.entriesChanged()
    await runCommand('ip', ['link', 'set', 'lo', 'up'])
    await runCommand('ping', ['-c', '1', family === 'ipv4' ? '127.0.0.1' : '::1'])
    expect((await iptables('-vxnL', 'INPUT')).stdout).not.toMatch(/^ +0 .*lo/m)
    expect(tables.entriesChanged()).toBe(false)
    await iptables('-F', 'INPUT')
  })
})
