import { execFileSync } from 'node:child_process'
import { it } from 'vitest'
import { describeOnKernel } from '../kernel.ts'
import { expectTwins, scenariosIn } from './twins.ts'

/** The stand-in speaks the words of these versions; later ones refuse the same in other words. */
const versions = { iptables: '1.8.9', ipset: '7.17' } as const

function isOfVersion(program: keyof typeof versions): boolean {
  const told = execFileSync(program, ['--version'], { encoding: 'utf8' })
  return told.startsWith(`${program} v${versions[program]}`)
}

describeOnKernel.each(['nft', 'legacy'] as const)('the programs of iptables on the %s backend', (backend) => {
  it('are stood in for with the same output, errors, exit codes and rules', async ({ skip }) => {
    if (!isOfVersion('iptables')) skip(`held against iptables ${versions.iptables} alone`)
    await expectTwins('iptables', scenariosIn('command-lines.txt'), backend)
  }, 120_000)
})

describeOnKernel('ipset', () => {
  it('is stood in for with the same output, errors, exit codes and sets', async ({ skip }) => {
    if (!isOfVersion('ipset')) skip(`held against ipset ${versions.ipset} alone`)
    await expectTwins('ipset', scenariosIn('ipset-lines.txt'), 'nft')
  }, 120_000)
})
