import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import type { Counters } from '../../model/rule.ts'
import { sortedChains } from '../command/chain-order.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Table } from '../save.ts'
import { escapeText, isWritable } from './content.ts'
import { ruleContent } from './rule-element.ts'

/** The name of the attributes that iptables-xml does not know. */
export const NAMESPACE = 'urn:chainmail:rules'

const OWN = / chainmail:[a-z]+="/
const GREATEST_SIGNED = 0x7fff_ffff_ffff_ffffn

/**
 * A ruleset in the XML of iptables-xml(1), byte for byte what that prints for the same dump. What iptables-xml loses
 * stands beside it in attributes of our own, which other readers pass over:
 *
 * - `chainmail:family` on the root, for IPv6;
 * - `chainmail:chains` on a table: the names of its chains in their order, as a JSON list, if the order is not
 *   that of iptables-save;
 * - `chainmail:packets` and `chainmail:bytes` on a chain, above 2^63 - 1;
 * - `chainmail:rule` on a rule: the rule as JSON, if its element does not say all of it: chains whose names are no
 *   names in XML, control characters, several quoted values of one option, `-g` to a chain that is not there.
 *
 * @throws ChainmailError `bad-name` for a chain whose name XML cannot hold
 */
export function renderXml(tables: readonly Table[], family: Family): string {
  const body = tables.flatMap((table) => tableLines(table, family))
  const own = family === 'ipv6' || body.some((line) => line.includes(' chainmail:') && OWN.test(line))
  const namespace = own ? ` xmlns:chainmail="${NAMESPACE}"` : ''
  const marked = family === 'ipv6' ? `${namespace} chainmail:family="ipv6"` : namespace
  return [`<iptables-rules version="1.0"${marked}>`, ...body, '</iptables-rules>', ''].join('\n')
}

function tableLines({ name, chains }: Table, family: Family): readonly string[] {
  const names = chains.map((chain) => chain.name)
  const usual = sortedChains(name, chains).every((chain, index) => chain === chains[index])
  const order = usual ? '' : own('chains', JSON.stringify(names))
  const known = new Set(names)
  return [
    `  <table name="${attribute(name)}" ${order}>`,
    ...chains.filter(({ rules }) => rules.length > 0).flatMap((chain) => chainLines(chain, known, family)),
    ...chains
      .filter(({ rules }) => rules.length === 0)
      .map((chain) => `    <chain ${chainAttributes(chain)} />`),
    '  </table>',
  ]
}

function chainLines(chain: Chain, known: ReadonlySet<string>, family: Family): readonly string[] {
  return [
    `    <chain ${chainAttributes(chain)} >`,
    ...chain.rules.flatMap((rule) => ruleLines(rule, known, family)),
    '    </chain>',
  ]
}

function chainAttributes({ name, policy, counters }: Chain): string {
  if (!isWritable(name))
    throw new ChainmailError('bad-name', `XML cannot hold the name of the chain ${shown(name)}.`)
  const ours = [ownCount('packets', counters.packets), ownCount('bytes', counters.bytes)].join('')
  return [
    `name="${attribute(name)}"`,
    ...(policy === undefined ? [] : [`policy="${attribute(policy)}"`]),
    `packet-count="${signed(counters.packets)}"`,
    `byte-count="${signed(counters.bytes)}"${ours.trimEnd() === '' ? '' : ` ${ours.trimEnd()}`}`,
  ].join(' ')
}

function ruleLines(rule: ListedRule, known: ReadonlySet<string>, family: Family): readonly string[] {
  const { text: _, counters, ...bare } = rule
  const { lines, lossless } = ruleContent(renderRule(rule, { family }), known)
  const kept = lossless ? '' : own('rule', JSON.stringify(bare))
  return [`      <rule ${counted(counters)}${kept}>`, ...lines, '      </rule>', '']
}

function counted(counters: Counters | undefined): string {
  return counters === undefined ? '' : `packet-count="${counters.packets}" byte-count="${counters.bytes}" `
}

/** iptables-xml prints a chain's counters as signed numbers. */
function signed(count: number | bigint): string {
  return String(BigInt.asIntN(64, BigInt(count)))
}

function ownCount(name: string, count: number | bigint): string {
  return BigInt(count) > GREATEST_SIGNED ? own(name, String(count)) : ''
}

/** One of our attributes, with a blank behind it. */
function own(name: string, value: string): string {
  return `chainmail:${name}="${attribute(value.replace(/[\ufffe\uffff]/g, unicodeEscape))}" `
}

function unicodeEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16)}`
}

function attribute(value: string): string {
  return escapeText(value)
}
