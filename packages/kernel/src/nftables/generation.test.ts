import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { NftablesGeneration } from './generation.ts'

describeOnKernel('the generation of nf_tables', () => {
  it('changes with every commit of anybody, and only then', () => {
    using generation = new NftablesGeneration()
    const first = generation.read()
    expect(generation.read()).toBe(first)
    execFileSync('iptables-nft', ['-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP'])
    const second = generation.read()
    expect(second).not.toBe(first)
    execFileSync('iptables-nft-save')
    expect(generation.read()).toBe(second)
    execFileSync('iptables-nft', ['-F', 'INPUT'])
    expect(generation.read()).not.toBe(second)
  })
})
