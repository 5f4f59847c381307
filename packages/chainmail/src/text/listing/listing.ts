import { chainLedTo } from '../jumps.ts'
import { quoteName } from '../quote.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Table } from '../save.ts'
import { amount } from './amount.ts'
import { type Columns, headingLine, ruleLine } from './rule-line.ts'
import type { ListingContext } from './shown.ts'

/** Which chains and rules are shown. */
export interface Selection {
  /** Every chain where it is absent. */
  readonly chain?: string
  /** One rule of the chain, counted from 1, without the heading. */
  readonly number?: number
}

/** What `iptables -L` prints, each line with its end; without rules or chains that are not there, nothing. */
export function renderListing(
  table: Table,
  { chain: name, number }: Selection,
  columns: Columns,
  context: ListingContext,
): string {
  const chosen = chainsOf(table, name)
  if (number !== undefined)
    return chosen.map(({ rules }) => rulesText(rules, number, columns, context)).join('')
  const references = countReferences(table, context)
  return chosen
    .map((chain) => {
      const { rules } = chain
      const title = `Chain ${chain.name} (${titleOf(chain, references.get(chain.name) ?? 0, columns)})\n`
      return `${title}${headingLine(columns)}\n${rules.map((rule, index) => `${ruleLine(rule, index + 1, columns, context)}\n`).join('')}`
    })
    .join('\n')
}

function rulesText(
  rules: readonly ListedRule[],
  number: number,
  columns: Columns,
  context: ListingContext,
): string {
  const rule = rules[number - 1]
  return rule === undefined ? '' : `${ruleLine(rule, number, columns, context)}\n`
}

function titleOf({ policy, counters }: Chain, references: number, { verbose, exact }: Columns): string {
  if (policy === undefined) return `${references} references`
  if (!verbose) return `policy ${policy}`
  return `policy ${policy} ${amount(counters.packets, exact)} packets, ${amount(counters.bytes, exact)} bytes`
}

/** How many rules lead to each chain. */
function countReferences({ chains }: Table, context: ListingContext): ReadonlyMap<string, number> {
  const references = new Map<string, number>()
  for (const { rules } of chains) {
    for (const rule of rules) {
      const to = chainLedTo(rule, context)
      if (to !== undefined) references.set(to, (references.get(to) ?? 0) + 1)
    }
  }
  return references
}

/** What `iptables -S` prints, each line with its end. */
export function renderRuleSpecifications(
  table: Table,
  { chain: name, number }: Selection,
  verbose: boolean,
  context: ListingContext,
): string {
  const chosen = chainsOf(table, name)
  const lines = chosen.flatMap(({ name: chain, rules }) =>
    rules
      .filter((_, index) => number === undefined || index === number - 1)
      .map((rule) => specification(chain, rule, verbose, context)),
  )
  const heads = number === undefined ? chosen.map((chain) => declaration(chain, verbose)) : []
  return [...heads, ...lines].map((line) => `${line}\n`).join('')
}

function declaration({ name, policy, counters }: Chain, verbose: boolean): string {
  if (policy === undefined) return `-N ${quoteName(name)}`
  return `-P ${name} ${policy}${verbose ? ` -c ${counters.packets} ${counters.bytes}` : ''}`
}

/** The counters stand behind the matches, before the target. */
function specification(chain: string, rule: ListedRule, verbose: boolean, context: ListingContext): string {
  const { text: _text, target, goto, counters = { packets: 0, bytes: 0 }, ...conditions } = rule
  const led = { ...(target === undefined ? {} : { target }), ...(goto === undefined ? {} : { goto }) }
  const counted = verbose ? `-c ${counters.packets} ${counters.bytes}` : ''
  const words = [renderRule(conditions, context), counted, renderRule(led, context)]
  return [`-A ${quoteName(chain)}`, ...words.filter((word) => word !== '')].join(' ')
}

function chainsOf({ chains }: Table, name: string | undefined): readonly Chain[] {
  return name === undefined ? chains : chains.filter((chain) => chain.name === name)
}
