import { execFileSync } from 'node:child_process'
import { afterEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import type { DesiredInput } from '../plan/desired.ts'
import { addedRule } from './changed-chain.ts'
import { changesOf } from './changes-of.ts'
import type { PastChange } from './plan-back.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

function rules(...chain: string[]): string[] {
  return run('iptables', '-S', ...chain)
    .split('\n')
    .slice(0, -1)
}

async function applied(firewall: Firewall, desired: DesiredInput): Promise<PastChange> {
  const plan = await firewall.plan(desired)
  await firewall.apply(plan)
  // A kept change is plain data.
  return JSON.parse(JSON.stringify({ ...changesOf(plan), time: Date.now() }))
}

const filter = (chains: NonNullable<DesiredInput['tables']>[number]['chains']): DesiredInput => ({
  tables: [{ chains }],
})

describeOnKernel('the way back from changes that are long past', () => {
  afterEach(() => {
    run('iptables', '-P', 'INPUT', 'ACCEPT')
    run('iptables', '-F')
    run('iptables', '-X')
    run('ipset', 'destroy')
  })

  it('takes several out at once, in one commit, and leaves in what others have made', async () => {
    await using firewall = await openFirewall()
    run('iptables', '-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP')
    const before = rules()
    const first = await applied(
      firewall,
      filter({
        app: ['-s 10.0.0.0/8 -j ACCEPT', '-j DROP'],
        INPUT: { policy: 'DROP', rules: ['-i lo -j ACCEPT', '-j app'] },
      }),
    )
    const second = await applied(firewall, filter({ app: ['-s 172.16.0.0/12 -j ACCEPT', '-j DROP'] }))
    run('iptables', '-I', 'INPUT', '2', '-s', '192.0.2.2', '-j', 'ACCEPT')
    const { plan, left } = await firewall.planBack([second, first])
    expect(left).toEqual([])
    expect(plan.tables).toHaveLength(1)
    expect(await firewall.apply(plan)).toMatchObject({ commits: 1 })
    expect(rules().filter((line) => !line.includes('chainmail-chains'))).toEqual([
      ...before,
      '-A INPUT -s 192.0.2.2/32 -j ACCEPT',
    ])
  })

  it('puts a deleted rule back to where it stood, with what it had counted, among rules that came since', async () => {
    await using firewall = await openFirewall()
    for (const last of [1, 2, 3, 4, 5]) run('iptables', '-A', 'INPUT', '-s', `192.0.2.${last}`, '-j', 'DROP')
    const before = rules('INPUT')
    const taken = [3, '-s 192.0.2.4 -j DROP'].map(async (rule) => {
      const { rule: gone, above, below } = await firewall.chain('INPUT').takeOut(rule)
      return { gone, above, below }
    })
    const [by3, by4] = await Promise.all(taken)
    expect(by3?.gone.text).toBe('-s 192.0.2.3/32 -j DROP')
    expect(rules('INPUT')).toHaveLength(4)
    const changeOf = (one: typeof by3): PastChange => ({
      chains: [
        {
          table: 'filter',
          family: 'ipv4',
          chain: 'INPUT',
          did: 'changed',
          lines: [
            ...(one?.above ?? []).map((text) => ` ${text}`),
            `-[7:700] ${one?.gone.text}`,
            ...(one?.below ?? []).map((text) => ` ${text}`),
          ],
        },
      ],
      sets: [],
      time: Date.now(),
    })
    run('iptables', '-I', 'INPUT', '-s', '198.51.100.1', '-j', 'DROP')
    const { plan } = await firewall.planBack([changeOf(by4), changeOf(by3)])
    await firewall.apply(plan)
    expect(rules('INPUT')).toEqual([before[0], '-A INPUT -s 198.51.100.1/32 -j DROP', ...before.slice(1)])
    expect(run('iptables-save', '-c')).toContain('[7:700] -A INPUT -s 192.0.2.3/32 -j DROP')
  })

  it('takes an added rule out wherever it stands by now, and nothing when somebody else has', async () => {
    await using firewall = await openFirewall()
    const place = { table: 'filter', family: 'ipv4' } as const
    const change = {
      chains: [addedRule(place, 'INPUT', '-s 192.0.2.9/32 -j DROP')],
      sets: [],
      time: Date.now(),
    }
    await firewall.chain('INPUT').append('-s 192.0.2.9 -j DROP')
    run('iptables', '-I', 'INPUT', '-s', '192.0.2.8', '-j', 'DROP')
    await firewall.apply((await firewall.planBack([change])).plan)
    expect(rules('INPUT')).toEqual(['-P INPUT ACCEPT', '-A INPUT -s 192.0.2.8/32 -j DROP'])
    expect((await firewall.planBack([change])).plan.isEmpty).toBe(true)
  })

  it.each([
    ['last', [], ['-s 192.0.2.9/32 -j DROP', '-j LOG', '-j RETURN']],
    ['first', ['-j ACCEPT'], ['-j ACCEPT', '-j LOG', '-s 192.0.2.9/32 -j DROP', '-j RETURN']],
  ] as const)('takes the %s one of equal rules out where that is the one', async (among, above, left) => {
    await using firewall = await openFirewall()
    const place = { table: 'filter', family: 'ipv4' } as const
    const rule = '-s 192.0.2.9/32 -j DROP'
    for (const text of [...above, rule, '-j LOG', rule, '-j RETURN'])
      await firewall.chain('INPUT').append(text)
    const change = { chains: [addedRule(place, 'INPUT', rule, among)], sets: [], time: Date.now() }
    await firewall.apply((await firewall.planBack([change])).plan, { force: true })
    expect(rules('INPUT').slice(1)).toEqual(left.map((text) => `-A INPUT ${text}`))
    expect((await firewall.planBack([change, change])).plan.summary.rules).toMatchObject({ removed: 1 })
  })

  it('brings sets back with their entries, and the time that is left of them', async () => {
    await using firewall = await openFirewall()
    run('ipset', 'create', 'there', 'hash:ip', 'timeout', '0', 'comment')
    run('ipset', 'add', 'there', '192.0.2.1', 'timeout', '1000', 'comment', 'mine')
    const first = await applied(firewall, { sets: { there: { absent: true } } })
    const second = await applied(firewall, { sets: { made: { type: 'hash:net', entries: ['10.0.0.0/8'] } } })
    const past = { ...first, time: first.time - 100_000 }
    const { plan } = await firewall.planBack([second, past])
    await firewall.apply(plan)
    expect(run('ipset', 'list', '-n')).toBe('there\n')
    expect(run('ipset', 'list', 'there')).toMatch(/192\.0\.2\.1 timeout (89[5-9]|900) comment "mine"/)
  })

  it('is told from what still holds by reading back', async () => {
    await using firewall = await openFirewall()
    const plan = await firewall.plan(filter({ INPUT: ['-s 192.0.2.1 -j DROP'] }))
    await firewall.apply(plan)
    expect(await firewall.verify(plan)).toMatchObject({ holds: true })
    run('iptables', '-F', 'INPUT')
    const { holds, plan: again } = await firewall.verify(plan)
    expect(holds).toBe(false)
    expect(again.summary.rules.added).toBe(1)
  })
})
