import { setImmediate } from 'node:timers/promises'
import { ChainmailError, type ErrorCode } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import { shown } from '../model/kind.ts'
import { count } from '../model/kinds/count.ts'
import { isChainName } from '../model/names/chain.ts'
import { isBuiltIn, isTableName } from '../model/names/tables.ts'
import { refuseChain } from '../model/placement.ts'
import { reading } from '../model/reading.ts'
import { findTarget } from '../model/registry.ts'
import { RepeatedOptions } from '../model/repeated-options.ts'
import type { Counters, Rule } from '../model/rule.ts'
import { type ChangingChain, settled } from './command/changing-table.ts'
import { chainOf, jumpWord, operate } from './dump-operation.ts'
import { chainLedTo, findLoop, refuseJump } from './jumps.ts'
import { keepRuleWords, namedWord, parseRuleWords } from './parse-rule.ts'
import type { Place } from './place.ts'
import { quoteName } from './quote.ts'
import { renderRule } from './render-rule.ts'
import { endsQuoted, Words } from './words.ts'

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

/** What is wrong with a text, and where. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
  readonly path?: string
}

const CHAIN_LINE = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?\s*$/
const RULE_COUNTERS = /^\[(\d+):(\d+)\] */
const ADDRESS = /^-[sd]$/
const BLANKS = /^[ \t]+/

/**
 * Reads what iptables-save prints, with and without `-c`.
 *
 * @throws ChainmailError with the line and column of the first fault
 */
export function parseSave(text: string, context: Context): Table[] {
  const reader = new SaveReader(context, (problem) => {
    throw problem
  })
  return reader.read(text)
}

/** Reads what iptables-save prints, and tells everything that is wrong with it; what is wrong is left out. */
export function readSave(text: string, context: Context): { tables: Table[]; problems: Problem[] } {
  const problems: Problem[] = []
  const reader = new SaveReader(context, ({ code, message, line = 1, column = 1, path }) => {
    problems.push({ code, message, line, column, ...(path === undefined ? {} : { path }) })
  })
  return { tables: reader.read(text), problems }
}

/**
 * Reads what the host's own iptables-save printed. A rule that the model cannot read, as from a later version of
 * iptables, is kept: its matches and target word for word.
 */
export function readKernel(text: string, context: Context): Table[] {
  return kernelReader(context).read(text)
}

/** The same while it comes, in pieces of any length; between two of them everything else has its turn. */
export async function readKernelInPieces(pieces: AsyncIterable<string>, context: Context): Promise<Table[]> {
  const reader = kernelReader(context)
  for await (const piece of pieces) {
    reader.add(piece)
    await setImmediate()
  }
  return reader.end()
}

function kernelReader(context: Context): SaveReader {
  const refuse = (problem: ChainmailError) => {
    throw problem
  }
  return new SaveReader(context, refuse, true)
}

interface OpenTable {
  readonly name: string
  readonly chains: Map<string, ChangingChain>
  /** In which its rules are read. */
  readonly context: Context
  /** The places of the first jumps from chain to chain. */
  readonly jumps: Map<string, Place>
}

class SaveReader {
  readonly #context: Context
  readonly #refuse: (problem: ChainmailError) => void
  readonly #keeps: boolean
  readonly #tables: Table[] = []
  #table: OpenTable | undefined
  readonly #repeated = new RepeatedOptions()
  #number = 0
  /** What was not read yet, because it may go on. */
  #rest = ''

  constructor(context: Context, refuse: (problem: ChainmailError) => void, keeps = false) {
    this.#context = { iptables: '1.8.11', ...context }
    this.#refuse = refuse
    this.#keeps = keeps
  }

  read(text: string): Table[] {
    this.add(text)
    return this.end()
  }

  /** Reads on. A line waits for its end, and an open quotation for the lines that may close it. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    this.#lines(lines, false)
  }

  end(): Table[] {
    this.#lines(this.#rest.split('\n'), true)
    if (this.#table !== undefined)
      this.#refuse(this.#placed(this.#fault(`the table ${this.#table.name} has no COMMIT`)))
    return this.#tables
  }

  #lines(lines: readonly string[], whole: boolean): void {
    for (let at = 0; at < lines.length; ) {
      const amount = this.#keeps ? quotedLines(lines, at, whole) : 1
      if (amount === undefined) {
        this.#rest = `${lines.slice(at).join('\n')}\n${this.#rest}`
        return
      }
      at += amount
      this.#number += amount
      try {
        this.#line(amount === 1 ? (lines[at - 1] ?? '') : lines.slice(at - amount, at).join('\n'))
      } catch (error) {
        if (!(error instanceof ChainmailError)) throw error
        this.#refuse(this.#placed(error))
      }
    }
  }

  #line(line: string): void {
    if (line === '' || line.startsWith('#')) return
    if (line.endsWith('\r') && !this.#keeps)
      throw this.#fault('the line ends in a carriage return', line.length)
    if (line.startsWith('*')) this.#beginTable(line.slice(1).trimEnd())
    else if (this.#table === undefined) throw this.#fault(`${shown(line)} stands outside of a table`)
    else if (line === 'COMMIT') this.#commit(this.#table)
    else if (line.startsWith(':')) this.#chain(line, this.#table)
    else this.#rule(line, this.#table)
  }

  #beginTable(name: string): void {
    const open = this.#table
    // What the kernel holds stands where it may.
    const bound = !this.#keeps && isTableName(name)
    const context = bound ? { ...this.#context, table: name } : this.#context
    this.#table = { name, chains: new Map(), context, jumps: new Map() }
    if (open !== undefined) {
      this.#tables.push(tableOf(open))
      throw this.#fault(`the table ${open.name} has no COMMIT before the next one begins`)
    }
    if (!isTableName(name)) throw this.#fault(`there is no table ${shown(name)}`, 2, 'table-unknown')
  }

  #commit(open: OpenTable): void {
    const table = tableOf(open)
    this.#tables.push(table)
    this.#table = undefined
    const loop = this.#keeps ? undefined : findLoop(table, this.#context)
    if (loop === undefined) return
    const { from, to } = loop
    throw new ChainmailError('chain-loop', `the chain ${shown(to)} leads back to itself.`, {
      path: 'target',
      ...open.jumps.get(`${from} ${to}`),
    })
  }

  #chain(line: string, { name: table, chains }: OpenTable): void {
    const [, name, policy, packets = '0', bytes = '0'] = CHAIN_LINE.exec(line) ?? []
    if (name === undefined || policy === undefined)
      throw this.#fault(`${shown(line)} does not declare a chain`)
    const counters = this.#counters(packets, bytes)
    const chain = { name, policy: policy === '-' ? undefined : policy, counters, rules: [] }
    if (this.#keeps) chains.set(name, chain)
    else this.#declare(chain, table, chains)
  }

  /** As iptables-restore does: a chain of the kernel's own is there already and gets its policy, if one is said. */
  #declare(chain: ChangingChain, table: string, chains: Map<string, ChangingChain>): void {
    const { name, policy, counters } = chain
    if (!isChainName(name) || findTarget(name, this.#context.family) !== undefined)
      throw this.#fault(`${shown(name)} is not the name of a chain`, 2, 'bad-name')
    const builtIn = chainOf(table, chains, name)
    if (!isBuiltIn(table, name)) {
      if (policy !== undefined && isTableName(table))
        throw this.#fault(
          `only the kernel's own chains have a policy, and ${shown(name)} is none of them`,
          name.length + 3,
        )
      if (builtIn !== undefined) throw this.#fault(`the chain ${name} is declared twice`, 2, 'chain-exists')
      chains.set(name, chain)
    } else if (builtIn !== undefined) {
      if (policy !== undefined && policy !== 'ACCEPT' && policy !== 'DROP')
        throw this.#fault(`${shown(policy)} is no policy; ACCEPT and DROP are`, name.length + 3)
      builtIn.policy = policy ?? builtIn.policy
      builtIn.counters = counters
    }
  }

  #counters(packets: string | undefined, bytes: string | undefined): Counters {
    return reading('counters', () => ({ packets: count(packets), bytes: count(bytes) }))
  }

  #rule(line: string, table: OpenTable): void {
    const blanks = line.startsWith(' ') || line.startsWith('\t') ? (BLANKS.exec(line)?.[0].length ?? 0) : 0
    const counted = line.charAt(blanks) === '[' ? RULE_COUNTERS.exec(line.slice(blanks)) : null
    const begin = blanks + (counted?.[0].length ?? 0)
    const words = new Words(begin === 0 ? line : line.slice(begin), this.#keeps ? 'word-start' : 'anywhere')
    if (!words.closed && !this.#keeps)
      throw this.#fault('a quotation mark is left open', line.lastIndexOf('"') + 1)
    const counters = counted === null ? undefined : this.#counters(counted[1], counted[2])
    try {
      this.#append(words, table, counters)
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      const fault = this.#keeps ? error : this.#operate(words, table, counters, error)
      if (fault === undefined) return
      const { code, message, path, column = 1, cause } = fault
      throw new ChainmailError(code, message, { path, column: begin + column, cause })
    }
  }

  /** Appends a rule that is written as iptables-save writes it. */
  #append(
    words: Words,
    { name: table, chains, context, jumps }: OpenTable,
    counters: Counters | undefined,
  ): void {
    const [command, name] = words.list
    if ((command !== '-A' && command !== '--append') || name === undefined)
      throw this.#fault(`${shown(words.line)} does not append a rule`)
    const chain = chains.get(name) ?? (this.#keeps ? undefined : chainOf(table, chains, name))
    if (chain === undefined)
      throw this.#fault(`the chain ${shown(name)} is not declared`, words.start(1) + 1, 'chain-not-found')
    const rule = this.#words(words, context)
    if (counters !== undefined && rule.counters !== undefined)
      throw this.#fault('the counters of the rule stand twice', words.start(2) + 1)
    if (!this.#keeps) refuseChainOf(rule, table, name, context, words)
    const to = this.#keeps ? undefined : chainLedTo(rule, context)
    if (to !== undefined) {
      const column = words.start(jumpWord(words.list)) + 1
      refuseJump(rule, to, table, chains, column)
      const way = `${name} ${to}`
      if (!jumps.has(way)) jumps.set(way, { line: this.#number, column })
    }
    list(rule, words.text(2, words.list.length), counters)
    chain.rules.push(rule)
  }

  /** What is wrong with a line that is no plain rule, or nothing if it is a command. */
  #operate(
    words: Words,
    { name, chains, context }: OpenTable,
    counters: Counters | undefined,
    fault: ChainmailError,
  ): ChainmailError | undefined {
    const counts = counters === undefined ? [] : [String(counters.packets), String(counters.bytes)]
    try {
      operate(words, name, chains, counts, context)
      return undefined
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      // The reader of rules knows the word at fault better, unless it did not know that it is an option at all.
      const { code, path = '' } = error
      const told = code === 'bad-command' && path.startsWith('-')
      const better = told && (fault.code === 'unknown-option' || ADDRESS.test(path))
      return words.list[0] === '-A' && !better ? fault : error
    }
  }

  #words(words: Words, context: Context): Rule {
    try {
      return parseRuleWords(words, 2, context, this.#repeated)
    } catch (error) {
      if (this.#keeps && error instanceof ChainmailError) return this.#kept(words)
      throw error
    }
  }

  /** What cannot be read at all is kept as one opaque match, so that it does not hide the rules beside it. */
  #kept(words: Words): Rule {
    try {
      return keepRuleWords(words, 2, this.#context)
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      return { matches: { opaque: { name: 'unreadable', text: words.text(2, words.list.length) } } }
    }
  }

  #fault(what: string, column = 1, code: ErrorCode = 'bad-dump'): ChainmailError {
    return new ChainmailError(code, `${what}.`, { column })
  }

  /** The fault with its line, which its message names too. */
  #placed(fault: ChainmailError): ChainmailError {
    const { code, message, path, line = this.#number, column = 1, cause } = fault
    return new ChainmailError(code, `line ${line}: ${message}`, { path, line, column, cause })
  }
}

/**
 * Over how many lines a line goes on because of a quotation in it that they close; undefined when those that may
 * are still to come.
 */
function quotedLines(lines: readonly string[], first: number, whole: boolean): number | undefined {
  const line = lines[first] ?? ''
  if (!endsQuoted(line, false)) return 1
  let length = line.length
  for (let at = first + 1; length <= LONGEST_QUOTATION; at++) {
    const more = lines[at]
    if (more === undefined) return whole ? 1 : undefined
    length += more.length
    if (!endsQuoted(more, true)) return at - first + 1
  }
  return 1
}

/**
 * Characters of a rule within which a quoted text with line breaks must end. The longest that iptables takes, a
 * comment, has 255 bytes.
 */
const LONGEST_QUOTATION = 4096

/** Refuses a rule with the column of the word that is not taken in its chain. */
function refuseChainOf(rule: Rule, table: string, chain: string, context: Context, words: Words): void {
  try {
    refuseChain(rule, table, chain, context)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { code, message, path } = error
    throw new ChainmailError(code, message, { path, column: words.start(namedWord(words.list, path)) + 1 })
  }
}

/** Gives a rule what its line says of it beside its words. */
function list(
  rule: { -readonly [K in keyof ListedRule]?: ListedRule[K] },
  text: string,
  counters: Counters | undefined,
): asserts rule is ListedRule {
  rule.text = text
  if (counters !== undefined) rule.counters = counters
}

function tableOf({ name, chains }: OpenTable): Table {
  return { name, chains: Array.from(chains.values(), settled) }
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
