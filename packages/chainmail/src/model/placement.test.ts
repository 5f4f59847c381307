import { describe, expect, it } from 'vitest'
import { ChainmailError } from '../errors.ts'
import { readRuleset } from '../text/index.ts'
import { parseRule } from '../text/parse-rule.ts'
import { parseSave, readKernel } from '../text/save.ts'
import { checkRule } from './check.ts'

function told(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { code, path, message } = error
    return { code, path, message }
  }
  return 'nothing'
}

describe('a match or target in a table in which the kernel does not take it', () => {
  const context = { family: 'ipv4', table: 'filter' } as const

  it('is refused by name, with its table and those that it may stand in', () => {
    expect(told(() => checkRule({ target: { DNAT: { toDestination: '192.0.2.1' } } }, context))).toEqual({
      code: 'wrong-table',
      path: 'target.DNAT',
      message: 'target.DNAT: the target DNAT is only valid in the nat table, and the rule stands in filter.',
    })
    expect(told(() => checkRule({ matches: { rpfilter: {} } }, context))).toEqual({
      code: 'wrong-table',
      path: 'matches.rpfilter',
      message:
        'matches.rpfilter: the match rpfilter is only valid in the raw and mangle tables, and the rule stands in filter.',
    })
  })

  it('is refused for the option that is bound to a table', () => {
    expect(told(() => parseRule('-j SET --map-set marks src --map-mark', context))).toMatchObject({
      code: 'wrong-table',
      path: 'target.SET.mapSet',
    })
    expect(told(() => parseRule('-j SET --add-set marks src', context))).toBe('nothing')
  })

  it('is taken where the table is not known, and what one backend takes everywhere too', () => {
    expect(told(() => parseRule('-j DROP', { family: 'ipv4' }))).toBe('nothing')
    expect(told(() => parseRule('-j TRACE', context))).toBe('nothing')
  })

  it('is pointed at in a dump, and never in what the kernel itself prints', () => {
    const dump = '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i lo -j DROP\nCOMMIT\n'
    expect(() => parseSave(dump, { family: 'ipv4' })).toThrow(
      expect.objectContaining({ code: 'wrong-table', line: 3, column: 24 }),
    )
    expect(readKernel(dump, { family: 'ipv4' })[0]?.chains[0]?.rules).toHaveLength(1)
  })

  it.each([
    ['args', 'iptables -t nat -A PREROUTING -j DROP'],
    [
      'json',
      '{"tables":[{"name":"nat","chains":[{"name":"PREROUTING","policy":"ACCEPT","rules":[{"target":"DROP"}]}]}]}',
    ],
    [
      'xml',
      '<iptables-rules version="1.0"><table name="nat"><chain name="PREROUTING" policy="ACCEPT"><rule><actions><DROP/></actions></rule></chain></table></iptables-rules>',
    ],
  ] as const)('is refused in %s', (language, text) => {
    expect(readRuleset(text, language, 'ipv4').problems).toEqual([
      expect.objectContaining({ code: 'wrong-table', line: 1, path: expect.stringMatching(/target$/) }),
    ])
  })
})

describe('what is not taken in one of the kernel’s own chains', () => {
  const dump = (chain: string, rule: string, table = 'filter') =>
    `*${table}\n:mine - [0:0]\n-A ${chain} ${rule}\nCOMMIT\n`

  it.each([
    ['OUTPUT', '-p tcp -i eth0', 'inInterface', 21],
    ['INPUT', '! -o eth0', 'outInterface', 15],
    ['INPUT', '-p tcp -m owner --uid-owner 0', 'matches.owner', 20],
    ['OUTPUT', '-m limit -m addrtype --src-type LOCAL --limit-iface-in', 'matches.addrtype.limitIfaceIn', 23],
    ['OUTPUT', '-m policy --dir in --pol none', 'matches.policy', 14],
    ['INPUT', '-j CLASSIFY --set-class 1:1', 'target.CLASSIFY', 13],
    [
      'OUTPUT',
      '-m mark --mark 1 -m mark --mark 2 -m mac --mac-source 00:00:00:00:00:01',
      'matches[1].mac',
      48,
    ],
  ])('is refused in %s: %s', (chain, rule, path, column) => {
    const [problem, ...more] = readRuleset(dump(chain, rule), 'save', 'ipv4').problems
    expect(problem).toMatchObject({ code: 'wrong-chain', path, line: 3, column })
    expect(problem?.message).toContain(`the rule stands in ${chain}.`)
    expect(more).toEqual([])
  })

  it.each([
    ['mine', '-i eth0 -o eth0 -m owner --uid-owner 0'],
    ['FORWARD', '-i eth0 -o eth0'],
    ['OUTPUT', '-m policy --dir out --pol none'],
    ['OUTPUT', '-m physdev --physdev-out eth0 --physdev-is-bridged'],
  ])('is taken in %s: %s', (chain, rule) => {
    expect(readRuleset(dump(chain, rule), 'save', 'ipv4').problems).toEqual([])
  })

  it('is never refused in what the kernel itself prints', () => {
    const printed = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -o eth0\nCOMMIT\n'
    expect(readKernel(printed, { family: 'ipv4' })[0]?.chains[0]?.rules).toHaveLength(1)
  })

  it.each([
    ['args', 'iptables -I INPUT -j ACCEPT -m owner --uid-owner 0'],
    [
      'json',
      '{"tables":[{"name":"filter","chains":[{"name":"INPUT","policy":"ACCEPT","rules":[{"matches":{"owner":{"uidOwner":0}}}]}]}]}',
    ],
    [
      'xml',
      '<iptables-rules version="1.0"><table name="filter"><chain name="INPUT" policy="ACCEPT"><rule><conditions><owner><uid-owner>0</uid-owner></owner></conditions></rule></chain></table></iptables-rules>',
    ],
  ] as const)('is refused in %s', (language, text) => {
    expect(readRuleset(text, language, 'ipv4').problems).toEqual([
      expect.objectContaining({
        code: 'wrong-chain',
        line: 1,
        path: expect.stringMatching(/matches.owner$/),
      }),
    ])
  })
})
