import { styleText } from 'node:util'
import type { EntryRequest } from '@chainmail/kernel'
import type { Place } from '../rules/operation.ts'
import type { RuleChange } from './chain-plan.ts'
import type { Plan, PlanSummary } from './plan.ts'
import type { EntryChange, SetPlan } from './set-plan.ts'
import type { ChainPlan } from './table-plan.ts'

export interface RenderPlanOptions {
  /** For a terminal. */
  readonly colour?: boolean
  /** How many rules or entries of one chain or set are shown; all if not said. */
  readonly most?: number
}

type Mark = '+' | '-' | '~' | '>' | ' '

/** The plan as a diff for people: `+` comes, `-` goes, `~` changes, `>` moves. No line end at the end. */
export function renderPlan(
  plan: Plan,
  { colour = false, most = Number.POSITIVE_INFINITY }: RenderPlanOptions = {},
): string {
  if (plan.isEmpty) return 'Nothing to do: the kernel holds what is desired.'
  const line = (mark: Mark, text: string): string => coloured(mark, `${mark} ${printable(text)}`, colour)
  const lines = [
    ...plan.sets.filter((set) => set.do !== 'destroy').flatMap((set) => setLines(set, line, most)),
    ...plan.tables.flatMap(({ place, chains }) =>
      chains.flatMap((chain) => chainLines(chain, place, line, most)),
    ),
    ...plan.sets.filter((set) => set.do === 'destroy').flatMap((set) => setLines(set, line, most)),
    summaryLine(plan.summary),
  ]
  return lines.join('\n')
}

type Line = (mark: Mark, text: string) => string

function chainLines(chain: ChainPlan, { family, table }: Place, line: Line, most: number): readonly string[] {
  const { name, policy, rules, stay, foreign } = chain
  const mark = chain.do === 'create' ? '+' : chain.do === 'remove' ? '-' : ' '
  const kept = stay === 0 ? '' : `  (${stay} stay${foreign === 0 ? '' : `, ${foreign} of them foreign`})`
  return [
    line(mark, `${family} ${table} ${name}${kept}`),
    ...(policy === undefined ? [] : [line('~', `  policy ${policy.before} → ${policy.after}`)]),
    ...cut(
      rules.toSorted(byPlace).map((change) => ruleLine(change, line)),
      most,
    ),
    '',
  ]
}

function byPlace(one: RuleChange, other: RuleChange): number {
  return placeOf(one) - placeOf(other)
}

function placeOf(change: RuleChange): number {
  return change.do === 'remove' ? change.from : change.to
}

function ruleLine(change: RuleChange, line: Line): string {
  switch (change.do) {
    case 'add':
      return line('+', `  ${change.to}  ${ruleText(change.text)}`)
    case 'remove':
      return line('-', `  ${change.from}  ${ruleText(change.text)}`)
    case 'move':
      return line('>', `  ${change.from} → ${change.to}  ${ruleText(change.text)}`)
    case 'change': {
      const options = change.options.map(
        ({ option, before, after }) => `${option} ${valueText(before)} → ${valueText(after)}`,
      )
      return line('~', `  ${change.to}  ${ruleText(change.after)}  [${options.join(', ')}]`)
    }
  }
}

function ruleText(text: string): string {
  return text === '' ? '(every packet, no target)' : text
}

function valueText(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function setLines(
  { name, type, entries, stay, changed, ...set }: SetPlan,
  line: Line,
  most: number,
): readonly string[] {
  const mark = set.do === 'create' ? '+' : set.do === 'destroy' ? '-' : ' '
  const kept = stay === 0 ? '' : `  (${stay} stay)`
  return [
    line(mark, `set ${name} ${type}${kept}`),
    ...(changed.length === 0 ? [] : [line('~', `  built anew for ${changed.join(', ')}`)]),
    ...cut(
      entries.map((change) => entryLine(change, line)),
      most,
    ),
    '',
  ]
}

function entryLine(change: EntryChange, line: Line): string {
  if (change.do === 'add') return line('+', `  ${entryText(change.entry)}`)
  if (change.do === 'remove') return line('-', `  ${entryText(change.entry)}`)
  return line('~', `  ${entryText(change.before)} → ${entryText(change.entry)}`)
}

function entryText({ element, timeout = 0, comment = '', nomatch = false }: EntryRequest): string {
  const words = [
    element,
    ...(timeout === 0 ? [] : [`timeout ${timeout}`]),
    ...(nomatch ? ['nomatch'] : []),
    ...(comment === '' ? [] : [JSON.stringify(comment)]),
  ]
  return words.join(' ')
}

function cut(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `    … and ${lines.length - most} more`]
}

function summaryLine({ rules, chains, sets, entries }: PlanSummary): string {
  const parts = [
    part('rules', rules),
    part('chains', chains),
    part('sets', sets),
    part('entries', entries),
  ].filter((text) => text !== '')
  return `${parts.join('; ')}.`
}

function part(what: string, counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'stay')
  return told.length === 0 ? '' : `${what}: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}`
}

const COLOURS = { '+': 'green', '-': 'red', '~': 'yellow', '>': 'cyan', ' ': 'bold' } as const

function coloured(mark: Mark, text: string, colour: boolean): string {
  return colour ? styleText(COLOURS[mark], text, { validateStream: false }) : text
}

/** Comments and names are of others: nothing in them may speak to a terminal. */
function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
