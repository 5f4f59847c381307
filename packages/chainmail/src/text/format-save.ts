import type { Context } from '../model/kind.ts'
import { quoteName } from './quote.ts'
import type { ReadRuleset } from './read-ruleset.ts'
import { renderRule } from './render-rule.ts'
import { type ListedRule, readSave } from './save.ts'
import { Words } from './words.ts'

const COUNTERS = /^\[\d+:\d+\] */

/**
 * The text of a dump with each rule and chain as iptables-save would print it; comments, blank lines and the order
 * of the lines stay. Where there are problems, the text is left as it was.
 */
export function formatSave(text: string, context: Context): ReadRuleset & { readonly text: string } {
  const { tables, problems } = readSave(text, context)
  const ruleset = { family: context.family, tables, problems }
  if (problems.length > 0) return { ...ruleset, text }
  const waiting = tables.map(
    ({ chains }) => new Map(chains.map((chain) => [chain.name, chain.rules.values()])),
  )
  let table = -1
  const lines = text.split('\n').map((line) => {
    if (line === '' || line.startsWith('#')) return line.trimEnd()
    if (line.startsWith('*')) table++
    if (/^[*:]|^COMMIT$/.test(line)) return formatChain(line.trimEnd())
    const body = line.trimStart()
    const chain = new Words(body.replace(COUNTERS, '')).list[1] ?? ''
    const rule = waiting[table]?.get(chain)?.next()
    return rule === undefined || rule.done === true ? line : formatRule(chain, rule.value, context)
  })
  return { ...ruleset, text: `${lines.join('\n').trimEnd()}\n` }
}

/** iptables-save always prints a chain's counters. */
function formatChain(line: string): string {
  return /^:\S+ \S+$/.test(line) ? `${line} [0:0]` : line
}

function formatRule(chain: string, rule: ListedRule, context: Context): string {
  const { counters } = rule
  const body = renderRule(rule, context)
  const counted = counters === undefined ? '' : `[${counters.packets}:${counters.bytes}] `
  return `${counted}-A ${quoteName(chain)}${body === '' ? '' : ` ${body}`}`
}
