import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import type { Family } from '@chainmail/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Chain, parseSave, renderSave } from '../save.ts'
import { parseXmlRuleset, readXml } from './read-xml.ts'
import { renderXml } from './render-xml.ts'

const dump = `*filter
:INPUT DROP [12:345]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [18446744073709551615:9007199254740993]
:#x@y - [0:0]
:a/b - [0:0]
:mine - [0:0]
[7:8] -A INPUT -s 203.0.113.0/24 -i eth+ -p tcp -m tcp --dport 22 -m comment --comment "it\\'s \\"x\\" <a&b>" -j DROP
[0:0] -A INPUT -m comment --comment a -m limit --limit 1/sec -m comment --comment b -j REJECT --reject-with icmp-port-unreachable
[1:1] -A INPUT -m geoip --source-country DE,FR "a b" "c d" -j ACCEPT
[0:0] -A INPUT ! -s 10.0.0.0/8 ! -i lo ! -p udp ! -f -g #x@y
[0:0] -A INPUT -p tcp -m tcp ! --dport 22 -m tcp --sport 5 -j mine
[0:0] -A INPUT -g a/b
[18446744073709551615:0] -A FORWARD -m comment --comment "é back\\\\slash \\"" -j RETURN
-A FORWARD -m geoip --tag "control \u0001 \u007f ]]>" -j LOG --log-prefix "x " --log-uid
-A FORWARD -m comment --comment -x
-A FORWARD
-A FORWARD -g mine
-A mine -m comment --comment "" -g a/b
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
`

function throughXml(text: string, family: Family): string {
  const { tables } = parseXmlRuleset(renderXml(parseSave(text, { family }), family))
  return renderSave(tables, { family })
}

/** The same without what iptables-xml does not print. */
function withoutOwn(xml: string): string {
  return xml
    .replace(/ xmlns:chainmail="[^"]*"/, '')
    .replace(/(?<= )chainmail:[a-z]+="[^"]*" ?|(?<=1\.0") chainmail:\S+(?=>)/g, '')
}

function iptablesXml(input: string, ...options: string[]): string {
  return execFileSync('iptables-xml', options, { input, encoding: 'utf8' })
}

describe('a ruleset as XML', () => {
  it('is lossless, also where iptables-xml is not', async () => {
    expect(throughXml(dump, 'ipv4')).toBe(dump)
    const xml = renderXml(parseSave(dump, { family: 'ipv4' }), 'ipv4')
    await expect(xml).toMatchFileSnapshot('./lossless.golden.xml')
  })

  it('is refused when it jumps to a chain that is not there', () => {
    const chain = {
      name: 'mine',
      counters: { packets: 0, bytes: 0 },
      rules: [{ goto: 'nowhere', text: '-g nowhere' }],
    }
    const { problems } = readXml(renderXml([{ name: 'filter', chains: [chain] }], 'ipv4'))
    expect(problems.map(({ code, line }) => [code, line])).toEqual([['chain-not-found', 4]])
  })

  it('is refused when its jumps lead round in a circle that a packet can run into', () => {
    const counters = { packets: 0, bytes: 0 }
    const chain = (name: string, target: string, policy?: string) => ({
      name,
      ...(policy === undefined ? {} : { policy }),
      counters,
      rules: [{ target, text: `-j ${target}` }],
    })
    const circle = [chain('a', 'b'), chain('b', 'a')]
    const read = (...chains: Chain[]) => readXml(renderXml([{ name: 'filter', chains }], 'ipv4')).problems
    expect(read(chain('INPUT', 'a', 'ACCEPT'), ...circle)).toMatchObject([{ code: 'chain-loop', line: 25 }])
    expect(read(chain('INPUT', 'DROP', 'ACCEPT'), ...circle)).toEqual([])
  })

  it('tells the family, which iptables-xml does not', () => {
    const text = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 2001:db8::/32 -j DROP\nCOMMIT\n'
    expect(throughXml(text, 'ipv6')).toBe(text)
    const xml = renderXml(parseSave(text, { family: 'ipv6' }), 'ipv6')
    expect(readXml(xml).family).toBe('ipv6')
    expect(readXml(xml, 'ipv4').problems[0]?.message).toBe(
      'line 1: the ruleset is for ipv6, and ipv4 is wanted.',
    )
  })

  it('says where each fault is', () => {
    const xml = `<iptables-rules version="1.0">
  <table name="filter">
    <chain name="INPUT" policy="ACCEPT">
      <rule><conditions><match><p>tcp</p></match><tcp><dport>70000</dport></tcp></conditions></rule>
      <rule packet-count="-1" byte-count="0"><actions><DROP/></actions></rule>
      <other/>
      <rule><actions><call><a/></call></actions></rule>
    </chain>
    <chain name="a"/>
  </table>
  <table name="nosuch"/>
</iptables-rules>`
    const { problems, tables } = readXml(xml)
    expect(problems.map(({ line, column, code }) => [line, column, code])).toEqual([
      [6, 7, 'bad-request'],
      [4, 7, 'bad-rule'],
      [5, 7, 'bad-rule'],
      [11, 3, 'table-unknown'],
    ])
    expect(tables[0]?.chains[0]?.rules.map(({ text }) => text)).toEqual(['-j a'])
  })

  it.each([
    ['', 'an element is wanted', 1],
    ['<a', 'does not end', 3],
    ['<a>', 'not closed', 4],
    ['<a></b>', 'to be closed', 4],
    ['<a/><b/>', 'end of the document', 5],
    ['<a b="1" b="2"/>', 'stands twice', 15],
    ['<a b="&nosuch;"/>', 'no reference', 7],
    ['<a>&#1;</a>', 'cannot hold', 4],
    ['<a>&#x110000;</a>', 'no reference', 4],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'document types', 1],
    ['<?php ?><a/>', 'instructions', 1],
    [`${'<a>'.repeat(1_000_000)}`, 'too deep', 49],
    ['<a/>', 'iptables-rules is wanted', 1],
  ])('is refused when it is something else: %#', (text, message, column) => {
    const [problem] = readXml(text).problems
    expect(problem).toMatchObject({ message: expect.stringContaining(message), line: 1, column })
  })

  it('never crashes or hangs the reader, whatever the text', () => {
    const pieces = fc.constantFrom(
      '<iptables-rules>',
      '<table name="filter">',
      '<chain name="INPUT" policy="DROP">',
      '<rule >',
      '<conditions>',
      '<match>',
      '<p>tcp</p>',
      '</match>',
      '<tcp>',
      '<dport invert="1">"',
      '</dport>',
      '</tcp>',
      '</rule>',
      '</chain>',
      '</table>',
      '</iptables-rules>',
      '<!--',
      '-->',
      '&amp;',
      '&#65;',
      '<![CDATA[',
      ']]>',
      ' chainmail:rule="{}"',
      '/>',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => `<iptables-rules>${parts.join('')}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(Array.isArray(readXml(text).problems)).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(readXml(`<iptables-rules>${'<!-- '.repeat(1_000_000)}`).problems).toHaveLength(1)
    expect(readXml(`<iptables-rules a="${'&amp;'.repeat(1_000_000)}"/>`).problems).toHaveLength(0)
  })
})

describeOnKernel('beside the real iptables-xml', () => {
  const golden = globSync(['matches/*.golden', 'targets/*.golden'], {
    cwd: new URL('../../model/', import.meta.url),
  }).flatMap((file) => {
    const lines = readFileSync(new URL(`../../model/${file}`, import.meta.url), 'utf8').split('\n')
    return lines.flatMap((line) => {
      const [, input = '', saved = ''] = /^([^#].*);(.*);OK$/.exec(line) ?? []
      return saved === '' ? [] : [saved === '=' ? input : saved]
    })
  })

  it.each(['ipv4', 'ipv6'] as const)(
    'the golden rules for %s are the same bytes, and read back',
    (family) => {
      let compared = 0
      for (const text of golden) {
        const save = `*filter\n:INPUT ACCEPT [0:0]\n[1:2] -A INPUT ${text}\nCOMMIT\n`
        const tables = tablesOf(save, family)
        if (tables === undefined) continue
        const canonical = renderSave(tables, { family })
        const xml = renderXml(tables, family)
        expect(renderSave(parseXmlRuleset(xml, family).tables, { family })).toBe(canonical)
        const real = iptablesXml(canonical)
        const theirs = readXml(real, family)
        // iptables-xml takes a quoted value that begins with a dash for an option.
        if (xml.includes(' chainmail:rule=') || text.includes('"-')) continue
        expect(withoutOwn(xml)).toBe(real)
        expect(renderSave(theirs.tables, { family })).toBe(canonical)
        compared++
      }
      expect(compared).toBeGreaterThan(50)
    },
  )

  it('what it combines is read as the rules that it was', () => {
    const text = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j LOG\n-A INPUT -p tcp -j DROP\nCOMMIT\n'
    const xml = iptablesXml(text, '--combine')
    expect(xml).toContain('Combine action')
    expect(renderSave(parseXmlRuleset(xml).tables, { family: 'ipv4' })).toBe(text)
  })
})

function tablesOf(text: string, family: Family) {
  try {
    return parseSave(text, { family })
  } catch {
    return undefined
  }
}
