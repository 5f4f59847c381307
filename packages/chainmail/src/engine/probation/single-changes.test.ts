import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}

const entries = (set: string): readonly string[] => [
  ...run('ipset', 'save', set)
    .matchAll(/^add \S+ (.*?)(?: packets.*?| timeout 0)*(?: comment .*)?$/gm)
    .map(([, entry = '']) => entry)
    .toArray()
    .toSorted(),
]

describeOnKernel('a single change on probation', () => {
  let firewall: Firewall

  beforeEach(async () => {
    firewall = await openFirewall({ allowByDefault: [] })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const program of ['iptables', 'ip6tables']) {
      run(program, '-F')
      run(program, '-X')
      run(program, '-t', 'raw', '-F')
    }
    run('ipset', 'destroy')
  })

  describe('that is a ban', () => {
    it('is taken back when nobody confirms it, and leaves the other bans', async () => {
      await firewall.ban('192.0.2.1')
      const { probation, networks } = await firewall.ban('198.51.100.0-198.51.100.5', { confirmWithin: '1s' })
      expect(networks).toHaveLength(2)
      expect(await firewall.isBanned('198.51.100.4')).toBeDefined()
      await firewall.ban('192.0.2.2')
      expect(await probation?.decided()).toBe('reverted')
      expect(entries('chainmail-ban4')).toEqual(['192.0.2.1', '192.0.2.2'])
    })

    it('is what it was before, with its time and reason', async () => {
      await firewall.ban('192.0.2.1', { for: '1h', reason: 'first' })
      const { probation } = await firewall.ban('192.0.2.1', { reason: 'second', confirmWithin: '60s' })
      await probation?.revert()
      const [before] = await Array.fromAsync(firewall.bans())
      expect(before).toMatchObject({ address: '192.0.2.1', reason: 'first' })
      expect(before?.expiresIn).toBeGreaterThan(3_500)
    })

    it('stays when it is confirmed; two at a time do not mind each other', async () => {
      const [one, other] = [
        await firewall.ban('192.0.2.1', { confirmWithin: '60s' }),
        await firewall.ban('192.0.2.2', { confirmWithin: '60s', scope: { ports: ['tcp:22'] } }),
      ]
      const third = await firewall.ban('192.0.2.3', { confirmWithin: '60s' })
      await expect(firewall.ban('192.0.2.1', { confirmWithin: '60s' })).rejects.toMatchObject({
        code: 'probation-pending',
      })
      await one.probation?.confirm()
      await other.probation?.revert()
      await third.probation?.confirm()
      expect(entries('chainmail-ban4')).toEqual(['192.0.2.1', '192.0.2.3'])
      expect(entries('chainmail-ban4-ports')).toEqual([])
    })
  })

  describe('that is a transaction', () => {
    it('is taken back with its sets, tables and chains, and not what others did meanwhile', async () => {
      run('ipset', 'create', 'seen', 'hash:ip')
      run('ipset', 'add', 'seen', '192.0.2.1')
      run('iptables', '-A', 'INPUT', '-s', '192.0.2.1', '-j', 'ACCEPT')
      const before = [run('iptables', '-S'), run('ip6tables', '-S'), run('ipset', 'save')]
      const receipt = await firewall.transaction(
        (transaction) => {
          transaction.createSet('fresh', { type: 'hash:ip' })
          transaction.addEntry('fresh', '192.0.2.9')
          transaction.flushSet('seen')
          transaction.addEntry('seen', '192.0.2.2')
          transaction.createChain('app')
          transaction.append('app', '-m set --match-set fresh src -j DROP')
          transaction.insert('INPUT', '-j app')
          transaction.delete('INPUT', '-s 192.0.2.1 -j ACCEPT')
          transaction.append('FORWARD', '-j DROP', { family: 'ipv6' })
        },
        { confirmWithin: '60s' },
      )
      expect(receipt).toMatchObject({ commits: 2, sets: 2 })
      expect(run('iptables', '-S', 'INPUT')).toContain('-j app')
      expect(entries('seen')).toEqual(['192.0.2.2'])
      run('iptables', '-A', 'FORWARD', '-s', '203.0.113.1', '-j', 'DROP')
      await receipt.probation?.revert()
      run('iptables', '-D', 'FORWARD', '-s', '203.0.113.1', '-j', 'DROP')
      expect([run('iptables', '-S'), run('ip6tables', '-S'), run('ipset', 'save')]).toEqual(before)
    })

    it('of a single rule goes at its deadline, and what it put out comes back at its place', async () => {
      for (const last of [1, 2, 3]) run('iptables', '-A', 'INPUT', '-s', `192.0.2.${last}`, '-j', 'DROP')
      const before = run('iptables', '-S')
      const { probation } = await firewall.transaction(
        (transaction) => transaction.delete('INPUT', '-s 192.0.2.2 -j DROP'),
        { confirmWithin: 1 },
      )
      expect(await probation?.decided()).toBe('reverted')
      expect(run('iptables', '-S')).toBe(before)
    })
  })
})
