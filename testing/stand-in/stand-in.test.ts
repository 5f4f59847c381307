import { it } from 'vitest'
import { describeOnKernel } from '../kernel.ts'
import { expectTwins, scenariosIn } from './twins.ts'

describeOnKernel.each(['nft', 'legacy'] as const)('the programs of iptables on the %s backend', (backend) => {
  it('are stood in for with the same output, errors, exit codes and rules', async () => {
    await expectTwins('iptables', scenariosIn('command-lines.txt'), backend)
  }, 120_000)
})

describeOnKernel('ipset', () => {
  it('is stood in for with the same output, errors, exit codes and sets', async () => {
    await expectTwins('ipset', scenariosIn('ipset-lines.txt'), 'nft')
  }, 120_000)
})
