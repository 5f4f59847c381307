import { expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { RuleHandles, type RulePlace } from './rule-handles.ts'

const input: RulePlace = { family: 'ipv4', table: 'filter', chain: 'INPUT' }

describeOnKernel('the handles of rules', () => {
  it('stay with their rules, and go with them', async () => {
    using handles = new RuleHandles()
    await runCommand('iptables-nft', ['-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP'])
    await runCommand('iptables-nft', ['-I', 'INPUT', '-s', '192.0.2.2', '-j', 'DROP'])
    const [second, first, ...more] = handles.of(input)
    expect(more).toEqual([])
    expect(handles.has(input, first ?? -1n)).toBe(true)
    expect(handles.has({ ...input, chain: 'OUTPUT' }, first ?? -1n)).toBe(false)
    expect(handles.has({ ...input, family: 'ipv6' }, first ?? -1n)).toBe(false)
    await runCommand('iptables-nft', ['-D', 'INPUT', '2'])
    expect(handles.has(input, first ?? -1n)).toBe(false)
    expect(handles.has(input, second ?? -1n)).toBe(true)
    await runCommand('iptables-nft', ['-F', 'INPUT'])
    expect(handles.of(input)).toEqual([])
  })

  it('are none where there is no such chain or table', () => {
    using handles = new RuleHandles()
    expect(handles.of({ ...input, chain: 'nosuch' })).toEqual([])
    expect(handles.of({ ...input, table: 'nosuch' })).toEqual([])
    expect(handles.has({ ...input, table: 'nosuch' }, 1n)).toBe(false)
  })
})
