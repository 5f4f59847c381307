import { ChainmailError } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import { count } from '../model/kinds/count.ts'
import { RepeatedOptions } from '../model/repeated-options.ts'
import type { Rule } from '../model/rule.ts'
import { parseRuleWords } from './parse-rule.ts'
import { quoteName } from './quote.ts'
import type { ReadRuleset } from './read-ruleset.ts'
import { renderRule } from './render-rule.ts'
import { readSave } from './save.ts'
import { Words } from './words.ts'

const RULE = /^(?:\[(\d+):(\d+)\] *)?(?=-A |--append )/

/**
 * The text of a dump with each rule and chain as iptables-save would print it; comments, blank lines, lines that
 * iptables-save never prints, such as `-I`, and the order of the lines stay. Where there are problems, the text is
 * left as it was.
 */
export function formatSave(text: string, context: Context): ReadRuleset & { readonly text: string } {
  const { tables, problems } = readSave(text, context)
  const ruleset = { family: context.family, tables, problems }
  if (problems.length > 0) return { ...ruleset, text }
  const lines = text.split('\n').map((line) => {
    if (line === '' || line.startsWith('#')) return line.trimEnd()
    if (/^[*:]|^COMMIT$/.test(line)) return formatChain(line.trimEnd())
    return formatRule(line.trim(), context)
  })
  return { ...ruleset, text: `${lines.join('\n').trimEnd()}\n` }
}

/** iptables-save always prints a chain's counters. */
function formatChain(line: string): string {
  return /^:\S+ \S+$/.test(line) ? `${line} [0:0]` : line
}

/** The rule as iptables-save prints it; any other line as it is. */
function formatRule(line: string, context: Context): string {
  const [prefix, packets, bytes] = RULE.exec(line) ?? []
  if (prefix === undefined) return line
  const words = new Words(line.slice(prefix.length))
  const rule = readRule(words, context)
  if (rule === undefined) return line
  const counters = packets === undefined ? rule.counters : { packets: count(packets), bytes: count(bytes) }
  const body = renderRule(rule, context)
  const counted = counters === undefined ? '' : `[${counters.packets}:${counters.bytes}] `
  return `${counted}-A ${quoteName(words.list[1] ?? '')}${body === '' ? '' : ` ${body}`}`
}

/** Undefined for a line that stands for several rules, or that is a command with more than the rule in it. */
function readRule(words: Words, context: Context): Rule | undefined {
  try {
    return parseRuleWords(words, 2, context, new RepeatedOptions())
  } catch (error) {
    if (error instanceof ChainmailError) return undefined
    throw error
  }
}
