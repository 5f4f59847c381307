import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChainmailError } from '../../errors.ts'
import { parseSave, renderSave } from '../save.ts'
import { parseJson, readJson } from './read-json.ts'
import { renderJson } from './render-json.ts'

const dump = `*filter
:INPUT DROP [12:345]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [18446744073709551615:9007199254740993]
:#x@y - [0:0]
[7:8] -A INPUT -s 203.0.113.0/24 -i eth+ -p tcp -m tcp --dport 22 -m comment --comment "it\\'s \\"x\\"" -j DROP
[0:0] -A INPUT -m comment --comment a -m limit --limit 1/sec -m comment --comment b -j REJECT --reject-with icmp-port-unreachable
[0:9007199254740993] -A INPUT -m geoip --source-country DE,FR -j ACCEPT
[0:0] -A INPUT ! -s 10.0.0.0/8 ! -i lo ! -p udp ! -f -g #x@y
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
COMMIT
`

/** A ruleset with one rule. */
function withRule(rule: unknown): string {
  return JSON.stringify({
    tables: [{ name: 'filter', chains: [{ name: 'INPUT', policy: 'ACCEPT', rules: [rule] }] }],
  })
}

describe('a ruleset as JSON', () => {
  it('is lossless, counters of 64 bits included', () => {
    const text = renderJson(parseSave(dump, { family: 'ipv4' }), 'ipv4')
    const { family, tables } = parseJson(text)
    expect(family).toBe('ipv4')
    expect(renderSave(tables, { family })).toBe(dump)
    expect(renderJson(tables, family)).toBe(text)
    expect(text).toContain('"bytes": "9007199254740993"')
  })

  it('is read canonically from what a caller may write', () => {
    const { tables } = parseJson(
      withRule({ protocol: 6, matches: { tcp: { dport: 'ssh' } }, target: 'DROP' }),
    )
    expect(tables[0]?.chains[0]?.rules).toEqual([
      {
        protocol: 'tcp',
        matches: { tcp: { dport: 22 } },
        target: 'DROP',
        text: '-p tcp -m tcp --dport 22 -j DROP',
      },
    ])
  })

  it('names the path and the place of everything that is wrong', () => {
    const text = `{
  "family": "ipv4",
  "tables": [
    { "name": "nosuch", "chains": [] },
    { "name": "filter", "chains": [
      { "name": "INPUT", "policy": "ACCEPT", "rules": [
        { "target": "DROP" },
        { "matches": { "limit": { "burst": -1 } } },
        { "protocol": "tcp", "sorce": "10.0.0.0/8" }
      ] },
      { "name": "mine", "policy": "DROP", "rules": [] },
      { "name": "OUTPUT", "policy": "ACCEPT", "counters": { "packets": 1.5, "bytes": 0 }, "rules": [] }
    ] }
  ]
}`
    const { tables, problems } = readJson(text)
    expect(problems.map(({ path, line, column, code }) => [path, line, column, code])).toEqual([
      ['tables[0].name', 4, 15, 'table-unknown'],
      ['tables[1].chains[0].rules[1].matches.limit.burst', 8, 44, 'bad-rule'],
      ['tables[1].chains[0].rules[2].sorce', 9, 39, 'bad-request'],
      ['tables[1].chains[1].policy', 11, 35, 'bad-request'],
      ['tables[1].chains[2].counters.packets', 12, 72, 'bad-rule'],
    ])
    expect(problems[1]?.message).toMatch(
      /^line 8: tables\[1\]\.chains\[0\]\.rules\[1\]: matches\.limit\.burst: .*-1/,
    )
    expect(tables[0]?.chains[0]?.rules.map((rule) => rule.text)).toEqual(['-j DROP'])
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ path: 'tables[0].name', line: 4 }))
  })

  it.each([
    ['', 'not JSON', 1, 1],
    ['{"tables": [}', 'not JSON', 1, 13],
    ['{\n"tables": [],\n}', 'not JSON', 3, 1],
    ['[]', 'is not an object', 1, 1],
    ['null', 'is not an object', 1, 1],
    ['{}', 'the list is missing', 1, 1],
    ['{"tables": {}}', 'is not a list', 1, 12],
    ['{"tables": [], "more": 1}', 'not a member', 1, 24],
    ['{"family": "ip", "tables": []}', 'not a family', 1, 12],
    ['{"family": "ipv6", "tables": []}', 'ipv4 is wanted', 1, 12],
    [`${'['.repeat(1_000_000)}`, 'too deep', 1, 33],
    [`{"tables": ${'[{"a":'.repeat(100_000)}`, 'too deep', 1, 103],
    ['{"tables": [{"name": "nat", "chains": []}, {"name": "nat", "chains": []}]}', 'twice', 1, 12],
    [withRule({ target: 'DROP', text: '-j ACCEPT' }), 'not a member', 1, 106],
    [withRule({ matches: { opaque: { name: 'x', text: '-j ACCEPT' } } }), 'option of its own', 1, 122],
    [withRule({ __proto__x: 1 }), 'not a member', 1, 96],
    [withRule('-j DROP\n-A INPUT'), 'not an object', 1, 82],
    [
      JSON.stringify({ tables: [{ name: 'filter', chains: [{ name: 'a\nCOMMIT', rules: [] }] }] }),
      'not the name of a chain',
      1,
      47,
    ],
    [
      JSON.stringify({
        tables: [{ name: 'filter', chains: [{ name: 'INPUT', policy: 'DROP [0:0]\n', rules: [] }] }],
      }),
      'no policy',
      1,
      64,
    ],
  ])('is refused when it is something else: %#', (text, message, line, column) => {
    expect(() => parseJson(text, 'ipv4')).toThrow(message)
    expect(() => parseJson(text, 'ipv4')).toThrow(expect.objectContaining({ line, column }))
  })

  it('is refused when it jumps to a chain that is not there, or round in a circle', () => {
    const { problems } = readJson(withRule({ target: 'nosuch' }))
    expect(problems).toMatchObject([
      { code: 'chain-not-found', line: 1, path: 'tables[0].chains[0].rules[0].target' },
    ])
    const chain = (name: string, target: string, policy?: string) => ({ name, policy, rules: [{ target }] })
    const chains = [chain('INPUT', 'a', 'ACCEPT'), chain('a', 'b'), chain('b', 'a')]
    const circle = readJson(JSON.stringify({ tables: [{ name: 'filter', chains }] }))
    expect(circle.problems).toMatchObject([{ code: 'chain-loop', path: 'tables[0].chains' }])
  })

  it('never crashes the reader, whatever the text', () => {
    const refusesOrReads = (text: string) => {
      try {
        parseJson(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ChainmailError)
      }
      expect(readJson(text).problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), refusesOrReads))
    fc.assert(
      fc.property(
        fc.json().map((value) => `{"tables": [${value}]}`),
        refusesOrReads,
      ),
    )
    fc.assert(fc.property(fc.jsonValue().map(withRule), refusesOrReads))
  })

  it('with thousands of faults is read in linear time', () => {
    const { problems } = readJson(withRule({}).replace('{}', Array(50_000).fill('{"x":1}').join(',\n')))
    expect(problems).toHaveLength(50_000)
    expect(problems.at(-1)?.line).toBe(50_000)
  })
})
