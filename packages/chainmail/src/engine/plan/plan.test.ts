import { describe, expect, it } from 'vitest'
import { readKernel } from '../../text/save.ts'
import { type DesiredInput, type DesiredTableInput, readDesired } from './desired.ts'
import { desiredFromText } from './desired-text.ts'
import { type ListedTable, readListing } from './listing.ts'
import { type ActualState, type Plan, planOf } from './plan.ts'
import { renderPlan } from './render-plan.ts'
import type { ListedSet } from './set-plan.ts'

const kernel = `*filter
:INPUT ACCEPT [5:500]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER-USER - [0:0]
:own - [0:0]
:chainmail-chains - [0:0]
[9:90] -A INPUT -j DOCKER-USER
[1:10] -A INPUT -s 10.0.0.1/32 -m comment --comment "chainmail:main" -j DROP
[2:20] -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "chainmail:main" -j ACCEPT
[3:30] -A DOCKER-USER -j RETURN
[4:40] -A own -s 10.0.0.1/32 -j DROP
[5:50] -A own -s 10.0.0.2/32 -j DROP
[6:60] -A own -s 10.0.0.3/32 -j DROP
[0:0] -A chainmail-chains -m comment --comment "main:own"
COMMIT
`

function actual(text = kernel, sets: Readonly<Record<string, ListedSet>> = {}): ActualState {
  return { tables: { ipv4: readListing(text, { family: 'ipv4' }) }, sets: new Map(Object.entries(sets)) }
}

async function planned(input: DesiredInput, state = actual()): Promise<Plan> {
  return planOf(await readDesired(input), state)
}

function chains(named: DesiredTableInput['chains']): DesiredInput {
  return { tables: [{ chains: named }] }
}

describe('a plan', () => {
  it('removes, adds, moves and changes what differs, and takes counters along', async () => {
    const plan = await planned(
      chains({
        INPUT: ['-s 10.0.0.1/32 -j DROP', '-p tcp --dport 2222 -j ACCEPT'],
        own: ['-s 10.0.0.3 -j DROP', '-s 10.0.0.1 -j DROP', '-j RETURN'],
      }),
    )
    expect(plan.restoreText('ipv4')).toBe(`*filter
-D INPUT 3
-A INPUT -p tcp -m tcp --dport 2222 -m comment --comment "chainmail:main" -j ACCEPT
-D own 2
-D own 1
-A own -s 10.0.0.1/32 -j DROP -c 4 40
-A own -j RETURN
COMMIT
`)
    expect(plan.summary).toMatchObject({ rules: { added: 1, removed: 1, moved: 1, changed: 1, stay: 3 } })
    expect(renderPlan(plan)).toBe(`  ipv4 filter INPUT  (2 stay, 1 of them foreign)
~   3  -p tcp -m tcp --dport 2222 -j ACCEPT  [matches.tcp.dport 22 → 2222]

  ipv4 filter own  (1 stay)
>   1 → 2  -s 10.0.0.1/32 -j DROP
-   2  -s 10.0.0.2/32 -j DROP
+   3  -j RETURN

rules: 1 added, 1 removed, 1 moved, 1 changed.`)
  })

  it('knows how to take everything back, counters included', async () => {
    const plan = await planned(
      chains({ own: { absent: true }, fresh: ['-j RETURN'], INPUT: { policy: 'DROP' } }),
    )
    expect(plan.tables[0]?.inverse().map(({ do: verb, chain }) => `${verb} ${chain}`)).toEqual([
      'create own',
      'policy INPUT',
      'append own',
      'append own',
      'append own',
      'flush fresh',
      'flush chainmail-chains',
      'append chainmail-chains',
      'remove fresh',
    ])
  })

  it('leaves a chain whose rules are not said, and one that is not named, as they are', async () => {
    expect((await planned(chains({ INPUT: {}, FORWARD: { policy: 'DROP' } }))).isEmpty).toBe(true)
  })

  it('has nothing to do for what the kernel says itself, marks and own rules included', () => {
    for (const scope of ['named', 'table'] as const)
      expect(planOf(desiredFromText(kernel, { scope }), actual()).isEmpty).toBe(true)
  })

  it('puts rules behind those of others, or in front when it is told', async () => {
    const other = kernel.replace(/.*chainmail:main.*\n/g, '')
    const rules = ['-j DROP']
    expect((await planned(chains({ INPUT: rules }), actual(other))).restoreText('ipv4')).toContain(
      '-A INPUT -m comment --comment "chainmail:main" -j DROP',
    )
    expect(
      (await planned(chains({ INPUT: { rules, at: 'head' } }), actual(other))).restoreText('ipv4'),
    ).toContain('-I INPUT 1 -m comment --comment "chainmail:main" -j DROP')
  })

  it('is plain data for JSON', async () => {
    const plan = await planned(chains({ own: [] }))
    expect(JSON.parse(JSON.stringify(plan))).toMatchObject({
      empty: false,
      owner: 'main',
      tables: [
        { table: 'filter', family: 'ipv4', chains: [{ name: 'own', do: 'change', rules: [{}, {}, {}] }] },
      ],
      restore: { ipv4: '*filter\n-F own\nCOMMIT\n', ipv6: '' },
    })
  })

  it('compares the entries of sets by what the kernel makes of them', async () => {
    const sets = {
      one: {
        type: 'hash:net',
        options: { family: 'inet', hashsize: 2048, maxelem: 65536, timeout: 600 },
        entries: [
          { element: '10.0.0.0/8', timeout: 12 },
          { element: '192.0.2.1', timeout: 0 },
          { element: '192.0.2.9', timeout: 5 },
        ],
      },
    } as const
    const plan = await planned(
      {
        sets: {
          one: { type: 'hash:net', timeout: 600, entries: ['10.1.2.3/8', '192.0.2.1', '192.0.2.2/32'] },
        },
      },
      actual('', sets),
    )
    expect(plan.sets).toMatchObject([{ name: 'one', do: 'change', stay: 1 }])
    expect(plan.ipsetText().before).toBe(
      'del one 192.0.2.1\nadd one 192.0.2.1\ndel one 192.0.2.9\nadd one 192.0.2.2\n',
    )
    await expect(planned({ sets: { one: { type: 'hash:ip' } } }, actual('', sets))).rejects.toMatchObject({
      code: 'bad-set-option',
    })
    await expect(
      planned({ sets: { one: { type: 'hash:net', entries: ['10.0.0.1-10.0.0.9'] } } }, actual('', sets)),
    ).rejects.toMatchObject({ code: 'bad-element' })
  })

  it('reads rules and entries as they come from a database', async () => {
    async function* rows(): AsyncGenerator<string> {
      yield '-s 10.0.0.1 -j DROP'
      yield '-s 10.0.0.2 -j DROP'
      yield '-s 10.0.0.3 -j DROP'
    }
    async function* addresses(): AsyncGenerator<string> {
      yield '10.0.0.1'
    }
    const plan = await planned({
      tables: [{ chains: { own: rows() } }],
      sets: { one: { type: 'hash:ip', entries: addresses() } },
    })
    expect(plan.tables).toEqual([])
    expect(plan.ipsetText().before).toBe('create one hash:ip family inet\nadd one 10.0.0.1\n')
  })

  it.each([
    [{ owner: 'a b' }, 'bad-name', 'owner'],
    [{ tables: [{ table: 'nosuch', chains: {} }] }, 'table-unknown', 'tables[0].table'],
    [
      { tables: [{ chains: { INPUT: [{ source: 'x' }] } }] },
      'bad-rule',
      'tables[0].chains.INPUT.rules[0].source',
    ],
    [{ tables: [{ chains: { INPUT: { absent: true } } }] }, 'chain-built-in', 'tables[0].chains.INPUT'],
    [{ tables: [{ chains: { 'chainmail-x': [] } }] }, 'bad-name', 'tables[0].chains.chainmail-x'],
    [{ tables: [{ chains: { own: { policy: 'DROP' } } }] }, 'bad-request', 'tables[0].chains.own.policy'],
    [{ tables: [{ chains: { own: [] } }, { chains: { own: [] } }] }, 'bad-request', 'tables[1].chains.own'],
    [{ sets: { one: {} } }, 'bad-request', 'sets.one.type'],
  ] as const)('refuses %j', async (input, code, path) => {
    await expect(readDesired(input)).rejects.toMatchObject({ code, path })
  })
})

describe('a listing', () => {
  it.each([
    kernel,
    kernel.replace('-j DOCKER-USER', '-m comment --comment "a\nb" -j DOCKER-USER'),
    kernel.replaceAll('DOCKER-USER', 'we"ird'),
    '',
  ])('holds the same as the dump taken apart', (text) => {
    const outline = (tables: readonly ListedTable[]): unknown =>
      tables.map(({ name, chains: listed }) => [
        name,
        listed.map((chain) => [
          chain.name,
          chain.policy,
          chain.rules.map((rule) => [rule.text, rule.counters]),
        ]),
      ])
    const context = { family: 'ipv4' } as const
    expect(outline(readListing(text, context))).toEqual(outline(readKernel(text, context)))
  })
})
