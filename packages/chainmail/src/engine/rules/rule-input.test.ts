import { describe, expect, it } from 'vitest'
import { Transaction } from '../transactions/transaction.ts'

describe('a rule that is given for a chain', () => {
  it.each([
    { target: { DNAT: { toDestination: '192.0.2.1' } } } as const,
    '-j DNAT --to-destination 192.0.2.1',
  ])('is refused at once where the kernel does not take it in the table: %o', (rule) => {
    const transaction = new Transaction()
    expect(() => transaction.append('FORWARD', rule)).toThrow(
      expect.objectContaining({ code: 'wrong-table', path: 'target.DNAT' }),
    )
    transaction.append('PREROUTING', rule, { table: 'nat' })
    expect(transaction.tables.flatMap(({ operations }) => operations)).toHaveLength(1)
  })

  it('is held to what every iptables from 1.8.9 on takes', () => {
    const rule = '-p ah -m ah ! --ahspi 0:4294967295'
    expect(() => new Transaction().append('INPUT', rule)).toThrow(
      'matches.ah.ahspi: what stands for everything cannot be negated before iptables 1.8.11.',
    )
  })

  it('is taken as the iptables of the host takes it', () => {
    const transaction = new Transaction({ iptables: '1.8.11' })
    transaction.append('INPUT', '-p ah -m ah ! --ahspi 0:4294967295')
    expect(transaction.tables[0]?.operations).toHaveLength(1)
  })
})
