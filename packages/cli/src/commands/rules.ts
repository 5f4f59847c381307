import type { Chain, Rule } from '../access/access.ts'
import { type Argument, accessOptions, type Command, placeFamilyOption } from '../command.ts'
import { choice } from '../option.ts'
import { bytes, count, plural } from '../terminal/quantity.ts'
import { type Column, type TableLayout, table } from '../terminal/table.ts'
import { ellipsize, printable } from '../terminal/text.ts'

const chainArgument: Argument = {
  name: 'CHAIN',
  about: 'one chain, such as INPUT; without it, every chain of the table',
  required: false,
  completes: ['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING', 'POSTROUTING'],
}

export const tableOption = choice({
  name: 'table',
  short: 't',
  placeholder: 'TABLE',
  choices: ['filter', 'nat', 'mangle', 'raw', 'security'],
  about: 'the table',
  otherwise: 'filter',
})

/** A rule and its number in the chain, counted from 1. */
type Numbered = Rule & { readonly number: number }

const columns: readonly Column<Numbered>[] = [
  { heading: '', cell: ({ owned }) => (owned ? '*' : ''), leaves: 1 },
  { heading: '#', cell: ({ number }) => String(number), align: 'right', leaves: 2 },
  { heading: 'PACKETS', cell: ({ packets }) => count(packets), align: 'right', leaves: 3 },
  { heading: 'BYTES', cell: (rule) => bytes(rule.bytes), align: 'right', leaves: 4 },
  { heading: 'RULE', cell: (rule) => rule.text || '(every packet, no target)', shrinksTo: 24, leaves: 0 },
]

export const rulesCommand: Command = {
  name: 'rules',
  about: 'show the rules of a table or chain',
  description: [
    'Shows each chain with its policy, and each rule with its number, what it has counted, and its text in the words of iptables. Rules of every program are shown; a * marks those that chainmail made for itself.',
    'On a terminal long rules are cut to its width; into a pipe they are whole.',
  ],
  arguments: [chainArgument],
  options: [tableOption, placeFamilyOption, ...accessOptions],
  examples: [
    { command: 'chainmail rules', about: 'the filter table' },
    { command: 'chainmail rules INPUT --family ipv6', about: 'one chain of ip6tables' },
    { command: 'chainmail rules PREROUTING --table raw', about: 'where the bans hook in' },
  ],
  exits: { refused: 'no such chain, or the daemon or the kernel refused' },
  run: async (input, session) => {
    const access = await session.access()
    const place = {
      table: input.value(tableOption) ?? 'filter',
      family: input.value(placeFamilyOption) ?? 'ipv4',
    }
    const name = input.argument(chainArgument)
    if (name !== undefined) {
      const { document, value } = await access.chain(name, place)
      return { document, lines: (layout) => withLegend([value], layout) }
    }
    const { document, value } = await access.chains(place)
    if (value.length > 0) return { document, lines: (layout) => withLegend(value, layout) }
    return {
      document,
      lines: () => [`The table ${place.table} of ${place.family} has no chains: nothing uses it yet.`],
    }
  },
}

function withLegend(chains: readonly Chain[], layout: TableLayout): readonly string[] {
  const owned = chains.some(({ rules }) => rules.some((rule) => rule.owned))
  const lines = chains.flatMap((chain, index) => (index === 0 ? [] : ['']).concat(chainLines(chain, layout)))
  return owned ? [...lines, '', layout.style.dim(ellipsize('* made by chainmail', layout.columns))] : lines
}

function chainLines(chain: Chain, layout: TableLayout): readonly string[] {
  const { name, policy, packets, rules } = chain
  const facts = [
    ...(policy === undefined ? [] : [`policy ${policy}`, `${count(packets)} packets`, bytes(chain.bytes)]),
    rules.length === 0 ? 'no rules' : plural(rules.length, 'rule'),
  ]
  const title = ellipsize(printable(name), layout.columns)
  const rest = ellipsize(printable(`  ${facts.join(', ')}`), layout.columns - title.length)
  const heading = layout.style.bold(title) + layout.style.dim(rest)
  if (rules.length === 0) return [heading]
  const shown = rules.some(({ owned }) => owned) ? columns : columns.slice(1)
  return [heading, ...table(shown, rules.map(numbered), layout)]
}

function numbered(rule: Rule, index: number): Numbered {
  return { ...rule, number: index + 1 }
}
