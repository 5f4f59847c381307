import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import type { DesiredInput } from '../plan/desired.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

const guard = { sender: '198.51.100.7', ports: [22] }

describeOnKernel('a change that would lock out', () => {
  let firewall: Firewall
  const apply = async (desired: DesiredInput, options = {}): Promise<unknown> =>
    firewall.apply(await firewall.plan(desired), options)
  const input = (...rules: string[]): DesiredInput => ({ tables: [{ chains: { INPUT: rules } }] })

  beforeEach(async () => {
    firewall = await openFirewall({ allowByDefault: ['loopback'] })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    run('iptables', '-P', 'INPUT', 'ACCEPT')
    run('iptables', '-F')
    run('iptables', '-X')
    run('ipset', 'destroy')
  })

  it('is refused with the rule that does it, and nothing is changed', async () => {
    const before = run('iptables', '-S')
    await expect(
      apply(input('-s 192.0.2.0/24 -j ACCEPT', '-s 198.51.100.0/24 -j DROP'), { guard }),
    ).rejects.toMatchObject({
      code: 'would-lock-out',
      message: expect.stringMatching(
        /^Rule 2 of ipv4 filter INPUT \(-s 198\.51\.100\.0\/24 .*-j DROP\) would shut out the sender 198\.51\.100\.7 \(tcp port 22\)/,
      ),
    })
    expect(run('iptables', '-S')).toBe(before)
    await apply(input('-s 198.51.100.7 -j ACCEPT', '-s 198.51.100.0/24 -j DROP'), { guard })
    expect(run('iptables', '-S', 'INPUT')).toContain('-s 198.51.100.0/24')
  })

  it('is made when it is forced, or on probation', async () => {
    await apply(input('-j DROP'), { guard, force: true })
    await apply(input())
    await apply(input('-s 198.51.100.7 -j DROP'), { guard, confirmWithin: '60s' })
    expect(run('iptables', '-S', 'INPUT')).toContain('-s 198.51.100.7/32')
    await firewall.revert()
  })

  it('is known by what allows an address, by rules and by sets', async () => {
    await firewall.allowlist.add('203.0.113.9')
    await firewall.allowlist.add('10.1.0.0/16')
    await expect(apply(input('-s 203.0.113.0/24 -j REJECT'))).rejects.toMatchObject({
      code: 'would-lock-out',
      message: expect.stringContaining('the allowed 203.0.113.9'),
    })
    await apply({
      ...input('-m set --match-set blocked src -j DROP'),
      sets: { blocked: { type: 'hash:net', entries: ['192.0.2.0/24'] } },
    })
    const blocked = (entry: string): DesiredInput => ({
      sets: { blocked: { type: 'hash:net', entries: [entry] } },
    })
    for (const entry of ['203.0.113.9', '10.1.2.0/24', '10.0.0.0/8'])
      await expect(apply(blocked(entry)), entry).rejects.toMatchObject({
        code: 'would-lock-out',
        message: expect.stringContaining('match-set blocked src'),
      })
    await apply(blocked('172.16.0.0/12'))
    await apply({ sets: { elsewhere: { type: 'hash:net', entries: ['10.1.2.0/24'] } } })
  })

  it('is looked for in single rules and transactions where that is asked for', async () => {
    const chain = firewall.chain('INPUT')
    const bad = '-s 198.51.100.7 -j DROP'
    const refused = { code: 'would-lock-out' }
    await expect(chain.insert(bad, { guard })).rejects.toMatchObject(refused)
    await expect(chain.append(bad, { guard })).rejects.toMatchObject(refused)
    await chain.insert('-s 198.51.100.7 -j ACCEPT', { guard })
    await expect(chain.insert(bad, { guard, position: 1 })).rejects.toMatchObject(refused)
    await expect(chain.replace(1, bad, { guard })).rejects.toMatchObject(refused)
    await chain.append(bad, { guard })
    const drop = (only: boolean): Promise<unknown> =>
      firewall.transaction(
        (transaction) => {
          transaction.createChain('app')
          transaction.append('app', '-j DROP')
          transaction.insert('INPUT', '-j app')
          if (!only) transaction.insert('app', '-s 198.51.100.7 -j ACCEPT')
        },
        { guard },
      )
    await expect(drop(true)).rejects.toMatchObject(refused)
    expect(run('iptables', '-S')).not.toContain('app')
    await drop(false)
    expect(run('iptables', '-S')).toContain('-A INPUT -j app')
  })

  it('is looked for where a rule goes, a chain is emptied, a command is run or a dump is loaded', async () => {
    const chain = firewall.chain('INPUT')
    const refused = {
      code: 'would-lock-out',
      message: expect.stringContaining('the policy of INPUT is DROP'),
    }
    await chain.append('-s 198.51.100.7 -j ACCEPT')
    await chain.append('-s 192.0.2.1 -j ACCEPT')
    run('iptables', '-P', 'INPUT', 'DROP')
    await expect(chain.delete('-s 198.51.100.7 -j ACCEPT', { guard })).rejects.toMatchObject(refused)
    await expect(chain.takeOut('-s 198.51.100.7 -j ACCEPT', { guard })).rejects.toMatchObject(refused)
    await expect(chain.delete(1, { guard })).rejects.toMatchObject(refused)
    await expect(chain.flush({ guard })).rejects.toMatchObject(refused)
    const place = { table: 'filter', family: 'ipv4' } as const
    for (const lines of [['-F'], [':INPUT DROP [0:0]', '-A INPUT -j LOG'], ['-D INPUT 1']])
      await expect(firewall.restore(place, lines, { guard }), lines[0]).rejects.toMatchObject(refused)
    for (const command of [{ operation: 'flush' }, { operation: 'flush', chain: 'INPUT' }] as const)
      await expect(firewall.command({ ...place, ...command }, { guard })).rejects.toMatchObject(refused)
    expect(run('iptables', '-S', 'INPUT')).toContain('-s 198.51.100.7/32')
    await chain.takeOut(2, { guard })
    await chain.append('-s 198.51.100.7 -p udp -j DROP', { guard })
    await firewall.restore(place, [':INPUT ACCEPT [0:0]'], { guard })
  })

  it('is looked for in the entries of sets, by the rules that refer to them', async () => {
    run('ipset', 'create', 'blocked', 'hash:net')
    run('ipset', 'create', 'let-in', 'hash:ip')
    const blocked = firewall.setGuard('blocked', guard)
    await blocked.checkAdd(['198.51.100.7'])
    run('iptables', '-A', 'INPUT', '-m', 'set', '--match-set', 'let-in', 'src', '-j', 'ACCEPT')
    run('iptables', '-A', 'INPUT', '-m', 'set', '--match-set', 'blocked', 'src', '-j', 'DROP')
    const referred = firewall.setGuard('blocked', guard)
    const refused = { code: 'would-lock-out', message: expect.stringContaining('match-set blocked src') }
    for (const entry of ['198.51.100.7', '198.51.100.0/24', '128.0.0.0/1'])
      await expect(referred.checkAdd(['192.0.2.1', entry]), entry).rejects.toMatchObject(refused)
    await referred.checkAdd(['192.0.2.1', '198.51.101.0/24', '2001:db8::1'])
    await expect(Array.fromAsync(referred.replacing(['192.0.2.1', '198.51.100.7']))).rejects.toMatchObject(
      refused,
    )
    expect(await Array.fromAsync(referred.replacing(['192.0.2.1']))).toEqual(['192.0.2.1'])

    run('ipset', 'add', 'let-in', '198.51.100.7')
    await referred.checkAdd(['198.51.100.7'])
    run('ipset', 'add', 'blocked', '198.51.100.0/24')
    const letIn = firewall.setGuard('let-in', guard)
    await expect(letIn.checkDelete(['198.51.100.7'])).rejects.toMatchObject(refused)
    await expect(letIn.checkFlush()).rejects.toMatchObject(refused)
    await expect(Array.fromAsync(letIn.replacing([]))).rejects.toMatchObject(refused)
    await letIn.checkDelete(['192.0.2.1'])
    await expect(
      firewall.transaction((transaction) => transaction.deleteEntry('let-in', '198.51.100.7'), { guard }),
    ).rejects.toMatchObject(refused)
  })

  it('is one that shuts everybody out of a service, and not one that leaves it to some', async () => {
    const service = { services: [8443] }
    const chain = firewall.chain('INPUT')
    await expect(chain.append('-p tcp --dport 8443 -j REJECT', { guard: service })).rejects.toMatchObject({
      code: 'would-lock-out',
      message: expect.stringContaining('would shut out everybody from tcp port 8443'),
    })
    await chain.append('-s 192.0.2.0/24 -p tcp --dport 8443 -j ACCEPT', { guard: service })
    await chain.append('-p tcp --dport 8443 -j REJECT', { guard: service })
    await chain.append('-p tcp --dport 25 -j REJECT', { guard: service })
  })

  it('is judged by what it changes, not by what shuts out already', async () => {
    run('iptables', '-A', 'INPUT', '-s', '198.51.100.7', '-j', 'DROP')
    await apply(input('-s 192.0.2.1 -j ACCEPT'), { guard })
    run('iptables', '-F')
    await apply(input('-s 198.51.100.7 -j ACCEPT'), { guard })
    await apply({ tables: [{ chains: { INPUT: { policy: 'DROP' } } }] }, { guard })
    await expect(apply(input(), { guard })).rejects.toMatchObject({
      message: expect.stringContaining('the policy of INPUT is DROP'),
    })
  })
})
