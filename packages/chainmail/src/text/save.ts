import { ChainmailError } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import { shown } from '../model/kind.ts'
import { count } from '../model/kinds/count.ts'
import type { Counters, Rule } from '../model/rule.ts'
import { parseRuleWords } from './parse-rule.ts'
import { quoteName } from './quote.ts'
import { renderRule } from './render-rule.ts'
import { Words } from './words.ts'

/** A rule of a dump together with its own line, without `-A CHAIN` and counters. */
export interface ListedRule extends Rule {
  readonly text: string
}

export interface Chain {
  readonly name: string
  /** What happens to a packet at the end of a built-in chain; absent for a chain of the user's. */
  readonly policy?: string
  /** What the policy has seen. */
  readonly counters: Counters
  readonly rules: readonly ListedRule[]
}

export interface Table {
  readonly name: string
  readonly chains: readonly Chain[]
}

const CHAIN_LINE = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?$/
const RULE_COUNTERS = /^\[(\d+):(\d+)\] /

/**
 * Reads what iptables-save prints, with and without `-c`.
 *
 * @throws ChainmailError `bad-rule` with the number of the line at fault.
 */
export function parseSave(text: string, context: Context): Table[] {
  const tables: Table[] = []
  let table: { name: string; chains: Map<string, Chain & { rules: ListedRule[] }> } | undefined
  let number = 0
  for (const line of text.split('\n')) {
    number++
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('*')) {
      if (table !== undefined)
        throw fault(number, `the table ${table.name} has no COMMIT before the next one begins`)
      table = { name: line.slice(1), chains: new Map() }
    } else if (table === undefined) {
      throw fault(number, `${shown(line)} stands outside of a table`)
    } else if (line === 'COMMIT') {
      tables.push({ name: table.name, chains: [...table.chains.values()] })
      table = undefined
    } else if (line.startsWith(':')) {
      const chain = readChain(line, number)
      table.chains.set(chain.name, chain)
    } else {
      const { chain, rule } = readRule(line, number, context)
      const declared = table.chains.get(chain)
      if (declared === undefined) throw fault(number, `the chain ${shown(chain)} is not declared`)
      declared.rules.push(rule)
    }
  }
  if (table !== undefined) throw fault(number, `the table ${table.name} has no COMMIT`)
  return tables
}

function fault(line: number, what: string): ChainmailError {
  return new ChainmailError('bad-rule', `line ${line}: ${what}.`)
}

function readChain(line: string, number: number): Chain & { rules: ListedRule[] } {
  const [, name, policy, packets = '0', bytes = '0'] = CHAIN_LINE.exec(line) ?? []
  if (name === undefined || policy === undefined)
    throw fault(number, `${shown(line)} does not declare a chain`)
  const counters = { packets: count(packets), bytes: count(bytes) }
  return policy === '-' ? { name, counters, rules: [] } : { name, policy, counters, rules: [] }
}

function readRule(line: string, number: number, context: Context): { chain: string; rule: ListedRule } {
  const counters = RULE_COUNTERS.exec(line)
  const words = new Words(counters === null ? line : line.slice(counters[0].length))
  const [command, chain] = words.list
  if (command !== '-A' || chain === undefined) throw fault(number, `${shown(line)} does not append a rule`)
  if (!words.closed) throw fault(number, 'a quotation mark is left open')
  const rule: ListedRule = {
    ...atLine(number, () => parseRuleWords(words, 2, context)),
    text: words.text(2, words.list.length),
  }
  if (counters === null) return { chain, rule }
  return { chain, rule: { ...rule, counters: { packets: count(counters[1]), bytes: count(counters[2]) } } }
}

function atLine<Value>(number: number, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const details = error.path === undefined ? { cause: error } : { path: error.path, cause: error }
    throw new ChainmailError(error.code, `line ${number}: ${error.message}`, details)
  }
}

/** Writes what iptables-restore reads; with counters where a rule or chain has them. */
export function renderSave(tables: readonly Table[], context: Context): string {
  const lines: string[] = []
  for (const { name, chains } of tables) {
    lines.push(`*${name}`)
    for (const chain of chains) {
      const { packets, bytes } = chain.counters
      lines.push(`:${chain.name} ${chain.policy ?? '-'} [${packets}:${bytes}]`)
    }
    for (const chain of chains) {
      for (const rule of chain.rules) lines.push(ruleLine(chain.name, rule, context))
    }
    lines.push('COMMIT')
  }
  return lines.map((line) => `${line}\n`).join('')
}

function ruleLine(chain: string, rule: Rule, context: Context): string {
  const { counters } = rule
  const prefix = counters === undefined ? '' : `[${counters.packets}:${counters.bytes}] `
  const body = renderRule(rule, context)
  return `${prefix}-A ${quoteName(chain)}${body === '' ? '' : ` ${body}`}`
}
