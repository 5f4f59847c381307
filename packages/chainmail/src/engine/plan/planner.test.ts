import { execFileSync } from 'node:child_process'
import { type Family, Ipset } from '@chainmail/kernel'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import { changesOf } from '../history/changes-of.ts'
import { restoreLines } from '../rules/operation.ts'
import { RuleWriter } from '../rules/writer.ts'
import { SetTurns } from '../sets/set-turns.ts'
import { type DesiredInput, readDesired } from './desired.ts'
import { desiredFromText } from './desired-text.ts'
import { type ListedTable, readListing } from './listing.ts'
import { Planner } from './planner.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

function feed(program: string, args: readonly string[], input: string): void {
  execFileSync(program, args, { input, encoding: 'utf8' })
}

describeOnKernel.each(['nft', 'legacy'] as const)('a plan on the %s backend', (backend) => {
  let firewall: Firewall

  const save = (command = 'iptables', ...args: string[]): string[] =>
    run(`${command}-${backend}-save`, ...args)
      .split('\n')
      .filter((line) => /^(?:\[|-A|:|\*)/.test(line))
      .map((line) => line.replace(/(^:.*) \[.*/, '$1'))
  const rules = (chain: string): string[] =>
    save()
      .filter((line) => line.startsWith(`-A ${chain}`))
      .map((line) => line.replace(`-A ${chain}`, '').trim())
  const restore = (...lines: string[]): void =>
    feed(`iptables-${backend}-restore`, ['--noflush', '-c'], `*filter\n${lines.join('\n')}\nCOMMIT\n`)
  const apply = async (desired: DesiredInput): Promise<void> => {
    await firewall.apply(await firewall.plan(desired))
  }

  beforeEach(async () => {
    firewall = await openFirewall({ backend, allowByDefault: [] })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const command of ['iptables', 'ip6tables']) {
      for (const table of ['filter', 'nat']) {
        run(`${command}-${backend}`, '-t', table, '-F')
        run(`${command}-${backend}`, '-t', table, '-X')
      }
      for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) run(`${command}-${backend}`, '-P', chain, 'ACCEPT')
    }
    run('ipset', 'destroy')
  })

  it('makes random desired states of random rules, keeps what stays and foreign rules, and has then nothing to do', async () => {
    const rule = fc.integer({ min: 1, max: 7 }).map((last) => `-s 10.0.0.${last}/32 -j DROP`)
    const list = fc.array(rule, { maxLength: 10 })
    const foreign = fc.array(
      fc.record({ at: fc.nat({ max: 12 }), rule: fc.oneof(rule, fc.constant('-i foreign -j RETURN')) }),
      { maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(list, list, foreign, async (first, second, others) => {
        run(`iptables-${backend}`, '-F')
        run(`iptables-${backend}`, '-X')
        await apply({ tables: [{ chains: { INPUT: first, own: first } }] })
        expect(rules('own')).toEqual(first)
        for (const { at, rule: text } of others) {
          const position = String(Math.min(at, rules('INPUT').length) + 1)
          run(`iptables-${backend}`, '-I', 'INPUT', position, ...text.split(' '))
        }
        restore('-F own', ...first.map((text, index) => `[${index + 1}:${(index + 1) * 100}] -A own ${text}`))
        const foreignBefore = rules('INPUT').filter((text) => !text.includes('chainmail:'))
        const desired = { tables: [{ chains: { INPUT: second, own: second } }] }
        const plan = await firewall.plan(desired)
        await firewall.apply(plan)

        expect(rules('own')).toEqual(second)
        const now = rules('INPUT')
        expect(now.filter((text) => !text.includes('chainmail:'))).toEqual(foreignBefore)
        const ours = now.map((text) => text.replace(' -m comment --comment "chainmail:main"', ''))
        expect(isSubsequence(second, ours)).toBe(true)
        const marked = now.filter((text) => text.includes('chainmail:')).length
        expect(marked).toBeLessThanOrEqual(second.length)

        const counted = run(`iptables-${backend}-save`, '-c').match(/^\[\d+:\d+\] -A own.*$/gm) ?? []
        const kept = counted.filter((line) => !line.startsWith('[0:0]'))
        for (const line of kept) {
          const [, packets, text] = /^\[(\d+):\d+\] -A own (.*)$/.exec(line) ?? []
          expect(first[Number(packets) - 1]).toBe(text)
        }
        const own = plan.tables.flatMap(({ chains }) => chains).find(({ name }) => name === 'own')
        const moved = own?.rules.filter((change) => change.do === 'move').length ?? 0
        expect(kept.length).toBe((own?.stay ?? second.length) + moved)

        const again = await firewall.plan(desired)
        expect(again.toJSON()).toMatchObject({ empty: true })
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('makes random whole tables, and can take each exactly back', async () => {
    const target = fc.constantFrom('DROP', 'ACCEPT', 'a', 'b', 'c')
    const source = fc.integer({ min: 1, max: 4 })
    const rule = fc.tuple(source, target)
    const table = fc.record({
      policy: fc.constantFrom('ACCEPT', 'DROP'),
      input: fc.array(rule, { maxLength: 6 }),
      chains: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
      leaf: fc.array(source, { maxLength: 6 }),
    })
    const dumpOf = ({
      policy,
      input,
      chains,
      leaf,
    }: typeof table extends fc.Arbitrary<infer T> ? T : never): string =>
      [
        '*filter',
        `:INPUT ${policy} [0:0]`,
        ':FORWARD ACCEPT [0:0]',
        ':OUTPUT ACCEPT [0:0]',
        ...chains.toSorted().map((name) => `:${name} - [0:0]`),
        ...input
          .filter(([, to]) => to.length > 1 || chains.some((name) => name === to))
          .map(([last, to]) => `-A INPUT -s 10.0.0.${last}/32 -j ${to}`),
        ...chains.toSorted().flatMap((name) => leaf.map((last) => `-A ${name} -s 10.0.0.${last}/32 -j DROP`)),
        'COMMIT',
        '',
      ].join('\n')
    const state = (...args: string[]): string =>
      run(`iptables-${backend}-save`, '-t', 'filter', ...args)
        .replace(/^#.*\n/gm, '')
        .replace(/^:(INPUT|FORWARD|OUTPUT) (\S+) .*$/gm, ':$1 $2 [0:0]')
    const withoutRegistry = (text: string): string => text.replace(/^.*chainmail-chains.*\n/gm, '')
    await fc.assert(
      fc.asyncProperty(table, table, async (first, second) => {
        await firewall.apply(await firewall.plan(desiredFromText(dumpOf(first), { scope: 'table' })))
        expect(withoutRegistry(state())).toBe(dumpOf(first))
        run(`iptables-${backend}`, '-A', 'INPUT', '-s', '10.9.9.9', '-c', '7', '77', '-j', 'DROP')
        const before = state('-c')
        const plan = await firewall.plan(desiredFromText(dumpOf(second), { scope: 'table' }))
        await firewall.apply(plan)
        expect(withoutRegistry(state())).toBe(dumpOf(second))
        const inverse = plan.tables.flatMap((change) => restoreLines(change.inverse(), { family: 'ipv4' }))
        restore(...inverse)
        expect(sortedChains(state('-c'))).toEqual(sortedChains(before))
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('writes nothing when there is nothing to do', async () => {
    const desired: DesiredInput = {
      tables: [{ chains: { INPUT: ['-s 192.0.2.1 -j DROP'], own: ['-j RETURN'] } }],
      sets: { one: { type: 'hash:net', entries: ['192.0.2.0/24'] } },
    }
    const plan = await firewall.plan(desired)
    expect(await firewall.apply(plan)).toMatchObject({ commits: 1, sets: 1 })
    const generation = firewall.generation()
    expect(await firewall.apply(plan)).toMatchObject({ commits: 0, sets: 0 })
    expect(await firewall.apply(await firewall.plan(desired))).toMatchObject({ commits: 0, sets: 0 })
    expect(firewall.generation()).toBe(generation)
  })

  it('does not create a table by looking at it', async () => {
    const plan = await firewall.plan({ tables: [{ table: 'nat', family: 'ipv6', chains: { OUTPUT: [] } }] })
    expect(plan.isEmpty).toBe(true)
  })

  it('knows its own rules and chains after a restart, and lets those of others be', async () => {
    restore('-N shared', '-A shared -s 10.9.9.9/32 -j DROP', '-A INPUT -j shared')
    await apply({
      tables: [
        { chains: { shared: ['-s 10.0.0.1 -j DROP'], own: ['-j RETURN', '-j DROP'], INPUT: ['-j own'] } },
      ],
    })
    run(`iptables-${backend}`, '-A', 'own', '-s', '10.8.8.8', '-j', 'DROP')
    await firewall[Symbol.asyncDispose]()
    firewall = await openFirewall({ backend, allowByDefault: [] })
    await apply({ tables: [{ chains: { shared: ['-s 10.0.0.2 -j DROP'], own: ['-j DROP'], INPUT: [] } }] })
    expect(rules('shared')).toEqual([
      '-s 10.9.9.9/32 -j DROP',
      '-s 10.0.0.2/32 -m comment --comment "chainmail:main" -j DROP',
    ])
    expect(rules('own')).toEqual(['-j DROP'])
    expect(rules('INPUT')).toEqual(['-j shared'])
  })

  it('keeps the rules of two owners in one chain apart', async () => {
    await apply({ owner: 'one', tables: [{ chains: { INPUT: ['-s 10.0.0.1 -j DROP'] } }] })
    await apply({ owner: 'two', tables: [{ chains: { INPUT: ['-s 10.0.0.2 -j DROP'] } }] })
    await apply({ owner: 'one', tables: [{ chains: { INPUT: [] } }] })
    expect(rules('INPUT')).toEqual(['-s 10.0.0.2/32 -m comment --comment "chainmail:two" -j DROP'])
  })

  it('makes a whole table exactly so, and spares what chainmail has made for itself', async () => {
    restore('-N foreign', '-A foreign -j DROP', '-A INPUT -j foreign', '-A INPUT -s 10.0.0.1/32 -j DROP')
    await firewall.ban('192.0.2.99')
    const text =
      '*filter\n:INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -j mine\nCOMMIT\n'
    const raw = '*raw\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'
    const before = save('iptables', '-t', 'raw')
    await firewall.apply(await firewall.plan(desiredFromText(text + raw, { scope: 'table' })))
    expect(rules('INPUT')).toEqual(['-s 10.0.0.1/32 -j DROP', '-j mine'])
    expect(save().join('\n')).not.toContain(':foreign')
    expect(save().join('\n')).toContain(':INPUT DROP')
    expect(save('iptables', '-t', 'raw')).toEqual(before)
    expect((await firewall.plan(desiredFromText(text, { scope: 'table' }))).isEmpty).toBe(true)
    await firewall.unban('192.0.2.99')
    run(`iptables-${backend}`, '-t', 'raw', '-F')
    run(`iptables-${backend}`, '-t', 'raw', '-X')
  })

  it('reads every language, however the rules are spelled', async () => {
    restore('-A FORWARD -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT')
    for (const text of [
      '*filter\n:FORWARD ACCEPT\n-A FORWARD -p 6 -s 10.1.2.3/255.0.0.0 --dport ssh -j ACCEPT\nCOMMIT\n',
      'iptables -A FORWARD --protocol tcp --source 10.0.0.0/8 --dport 22 --jump ACCEPT\n',
    ])
      expect((await firewall.plan(desiredFromText(text))).isEmpty).toBe(true)
  })

  it('knows rules again that the kernel gives back in other words', async () => {
    const desired = {
      tables: [
        {
          chains: {
            FORWARD: ['-p udp --dport 81:65535', '-p udp ! --dport 0:80', '-p tcp ! --sport 0:65534'],
          },
        },
      ],
    }
    const plan = await firewall.plan(desired)
    await firewall.apply(plan)
    expect((await firewall.plan(desired)).isEmpty).toBe(true)
    expect((await firewall.verify(plan)).holds).toBe(true)
    const { plan: back } = await firewall.planBack([{ ...changesOf(plan), time: Date.now() }])
    await firewall.apply(back)
    expect(save()).not.toContainEqual(expect.stringContaining('-A FORWARD'))
  })

  it('is not on probation for what somebody else has done meanwhile', async () => {
    const desired = { tables: [{ chains: { FORWARD: ['-s 192.0.2.1 -j DROP'] } }] }
    const plans = [await firewall.plan(desired), await firewall.plan(desired)] as const
    await firewall.apply(plans[0])
    const { probation, commits } = await firewall.apply(plans[1], { confirmWithin: '60s' })
    expect([probation, commits]).toEqual([undefined, 0])
    expect(firewall.probations()).toEqual([])
    expect(save()).toContainEqual(expect.stringContaining('-s 192.0.2.1/32'))
  })

  it('refuses sets that are chainmail’s own', async () => {
    const sets = { 'chainmail-ban4': { type: 'hash:net', entries: [] } }
    await expect(firewall.plan({ sets })).rejects.toMatchObject({
      code: 'bad-name',
      path: 'sets.chainmail-ban4',
    })
  })

  it('refuses a rule of a text that this iptables takes for another one', () => {
    const text = '*filter\n:FORWARD ACCEPT\n-A FORWARD -p tcp -m tcp ! --dport 0:65535 -j ACCEPT\nCOMMIT\n'
    expect(() => desiredFromText(text)).toThrow(/filter\.FORWARD\.rules\[0\].*cannot be negated/)
  })

  it('leaves policies alone of which commands do not speak', async () => {
    run(`iptables-${backend}`, '-P', 'FORWARD', 'DROP')
    await firewall.apply(await firewall.plan(desiredFromText('iptables -A INPUT -s 10.0.0.1 -j DROP\n')))
    expect(save().join('\n')).toContain(':FORWARD DROP')
  })

  it('refuses a plan whose chain has changed, with a new one, and not one of which another chain has changed', async () => {
    const desired = { tables: [{ chains: { INPUT: ['-s 10.0.0.1 -j DROP'] } }] }
    const plan = await firewall.plan(desired)
    run(`iptables-${backend}`, '-A', 'INPUT', '-s', '10.7.7.7', '-j', 'DROP')
    const error = await firewall.apply(plan).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'plan-stale', plan: expect.objectContaining({ isEmpty: false }) })
    expect(rules('INPUT')).toEqual(['-s 10.7.7.7/32 -j DROP'])
    const fresh = await firewall.plan(desired)
    run(`iptables-${backend}`, '-A', 'OUTPUT', '-s', '10.7.7.7', '-j', 'DROP')
    await firewall.apply(fresh)
    expect(rules('INPUT')).toHaveLength(2)
  })

  it('tells when another program got between the look and the commit', async () => {
    restore('-A INPUT -s 10.0.0.1/32 -j DROP', '-A INPUT -s 10.0.0.2/32 -j DROP')
    const desired = await readDesired({
      tables: [{ chains: { INPUT: { exact: true, rules: ['-s 10.0.0.1 -j DROP'] } } }],
    })
    const list = async (family: Family): Promise<readonly ListedTable[]> =>
      readListing(run(`iptables-${backend}-save`, '-c'), { family })
    const writer = new RuleWriter({
      read: async () => [],
      commit: async ({ table }, lines) => {
        run(`iptables-${backend}`, '-I', 'INPUT', '-s', '10.7.7.7', '-j', 'DROP')
        feed(`iptables-${backend}-restore`, ['--noflush'], `*${table}\n${lines.join('\n')}\nCOMMIT\n`)
      },
    })
    using ipset = new Ipset()
    const planner = new Planner({
      writer,
      ipset,
      turns: new SetTurns(),
      list,
      generation: () => firewall.generation(),
      spelling: firewall.spelling,
    })
    await expect(planner.apply(await planner.plan(desired))).rejects.toMatchObject({
      code: 'plan-raced',
      plan: expect.objectContaining({ isEmpty: false }),
    })
  })

  it('says rules in the words of this host’s iptables-save, whatever words they came in', async () => {
    const desired = { tables: [{ chains: { own: ['-p gre -s 10.0.0.1 -j DROP'] } }] }
    const plan = await firewall.plan(desired)
    const change = changesOf(plan)
    await firewall.apply(plan)
    const [saved = ''] = rules('own')
    expect(plan.toJSON().tables[0]?.chains[0]?.rules).toEqual([{ do: 'add', to: 1, text: saved }])
    expect(plan.restoreText('ipv4')).toContain(`-A own ${saved}\n`)
    expect(change.chains.find(({ chain }) => chain === 'own')?.lines).toEqual([`+${saved}`])
    expect((await firewall.plan(desired)).isEmpty).toBe(true)

    // Read without a thought of the host, and back again.
    const dump = '*filter\n:own - [0:0]\n-A own -p 47 -s 10.0.0.2 -j DROP\nCOMMIT\n'
    const other = await firewall.plan(desiredFromText(dump))
    await firewall.apply(other)
    const second = saved.replace('10.0.0.1', '10.0.0.2')
    expect(rules('own')).toEqual([second])
    expect(JSON.stringify(other)).toContain(second)
    await firewall.apply((await firewall.planBack([{ ...changesOf(other), time: Date.now() }])).plan)
    expect(rules('own')).toEqual([saved])
  })

  it('knows without reading that nobody did', async () => {
    await apply({ tables: [{ chains: { INPUT: ['-j DROP'] } }] })
    const before = firewall.generation()
    await apply({ tables: [{ chains: { INPUT: ['-j ACCEPT'], own: ['-j DROP'] } }] })
    expect(firewall.generation()).toBe(before === undefined ? undefined : before + 1)
  })

  it('refuses a plan whose set has changed', async () => {
    run('ipset', 'create', 'one', 'hash:ip')
    const plan = await firewall.plan({ sets: { one: { type: 'hash:ip', entries: ['10.0.0.1'] } } })
    run('ipset', 'add', 'one', '10.0.0.9')
    await expect(firewall.apply(plan)).rejects.toMatchObject({ code: 'plan-stale' })
    expect(run('ipset', 'save', 'one')).toContain('10.0.0.9')
  })

  it('puts sets before the rules that need them and takes them away after', async () => {
    const looks = (set: string): string => `-m set --match-set ${set} src -j DROP`
    await apply({
      tables: [{ chains: { app: [looks('a')], INPUT: ['-j app'] } }],
      sets: {
        a: { type: 'hash:net', timeout: '1h', entries: ['10.0.0.0/8', { element: '192.0.2.1', timeout: 0 }] },
      },
    })
    const plan = await firewall.plan({
      tables: [{ chains: { app: [looks('b')] } }],
      sets: { a: { absent: true }, b: { type: 'hash:ip', maxelem: 100, entries: ['10.0.0.1'] } },
    })
    await firewall.apply(plan)
    expect(rules('app')).toEqual(['-m set --match-set b src -j DROP'])
    expect(run('ipset', 'list', '-n').trim()).toBe('b')
    await apply({
      sets: {
        b: { type: 'hash:ip', maxelem: 200, comment: true, entries: [{ element: '10.0.0.2', comment: 'x' }] },
      },
    })
    expect(run('ipset', 'save', 'b')).toMatch(/maxelem 200.* comment.*\nadd b 10\.0\.0\.2 comment "x"\n$/)
  })

  it('takes everything back when a later step fails', async () => {
    restore('-N kept', '[3:300] -A kept -s 10.0.0.1/32 -j DROP', '-A kept -s 10.0.0.2/32 -j DROP')
    run('ipset', 'create', 'one', 'hash:ip')
    run('ipset', 'create', 'busy', 'hash:ip')
    run('ipset', 'add', 'one', '10.0.0.1')
    run(`iptables-${backend}`, '-A', 'OUTPUT', '-m', 'set', '--match-set', 'busy', 'src', '-j', 'DROP')
    const before = {
      rules: run(`iptables-${backend}-save`, '-c', '-t', 'filter'),
      sets: run('ipset', 'save'),
    }
    const plan = await firewall.plan({
      tables: [
        {
          chains: {
            kept: { exact: true, rules: ['-s 10.0.0.2 -j DROP', '-s 10.0.0.3 -j DROP'] },
            fresh: ['-j kept'],
            INPUT: { policy: 'DROP', rules: ['-j fresh'] },
          },
        },
        { family: 'ipv6', chains: { INPUT: ['-s 2001:db8::1 -j DROP'] } },
      ],
      sets: {
        one: { type: 'hash:ip', entries: ['10.0.0.2', '10.0.0.3'] },
        two: { type: 'hash:ip' },
        busy: { absent: true },
      },
    })
    await expect(firewall.apply(plan)).rejects.toMatchObject({ code: 'set-in-use' })
    const dated = (text: string): string => text.replace(/^#.*\n/gm, '').replace(/initval \S+/g, '')
    expect(dated(run(`iptables-${backend}-save`, '-c', '-t', 'filter'))).toBe(dated(before.rules))
    expect(dated(run('ipset', 'save'))).toBe(dated(before.sets))
    expect(run(`ip6tables-${backend}`, '-S', 'INPUT').trim()).toBe('-P INPUT ACCEPT')
  })
})

/** A removed chain that comes back is listed last. */
function sortedChains(text: string): readonly string[] {
  const byChain = Map.groupBy(text.split('\n'), (line) => /-A (\S+)/.exec(line)?.[1] ?? '')
  return [...byChain]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, lines]) => lines.toSorted(byRules))
}

/** Rules stay in their order; declarations of chains have none. */
function byRules(one: string, other: string): number {
  return one.startsWith(':') && other.startsWith(':') ? one.localeCompare(other) : 0
}

function isSubsequence(wanted: readonly string[], found: readonly string[]): boolean {
  let next = 0
  for (const text of found) if (text === wanted[next]) next++
  return next === wanted.length
}
