import { ChainmailError, type ErrorCode } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import { shown } from '../model/kind.ts'
import { count } from '../model/kinds/count.ts'
import { isChainName } from '../model/names/chain.ts'
import { isTableName } from '../model/names/tables.ts'
import type { Counters, Rule } from '../model/rule.ts'
import { keepRuleWords, parseRuleWords } from './parse-rule.ts'
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
  const reader = new SaveReader(
    context,
    (problem) => {
      throw problem
    },
    true,
  )
  return reader.read(text)
}

type DraftChain = Chain & { rules: ListedRule[] }

class SaveReader {
  readonly #context: Context
  readonly #refuse: (problem: ChainmailError) => void
  readonly #keeps: boolean
  readonly #tables: Table[] = []
  #table: { readonly name: string; readonly chains: Map<string, DraftChain> } | undefined
  #number = 0

  constructor(context: Context, refuse: (problem: ChainmailError) => void, keeps = false) {
    this.#context = context
    this.#refuse = refuse
    this.#keeps = keeps
  }

  read(text: string): Table[] {
    const lines = text.split('\n')
    while (this.#number < lines.length) {
      const line = this.#next(lines)
      try {
        this.#line(line)
      } catch (error) {
        if (!(error instanceof ChainmailError)) throw error
        this.#refuse(this.#placed(error))
      }
    }
    if (this.#table !== undefined)
      this.#refuse(this.#placed(this.#fault(`the table ${this.#table.name} has no COMMIT`)))
    return this.#tables
  }

  /** The next line; of the kernel's own text with the lines that a quoted text of it goes on in. */
  #next(lines: readonly string[]): string {
    const line = lines[this.#number++] ?? ''
    if (!this.#keeps || !endsQuoted(line, false)) return line
    let end = this.#number
    let length = line.length
    for (let open = true; open; end++) {
      const more = lines[end]
      if (more === undefined || length > LONGEST_QUOTATION) return line
      length += more.length
      open = endsQuoted(more, true)
    }
    const joined = lines.slice(this.#number - 1, end).join('\n')
    this.#number = end
    return joined
  }

  #line(line: string): void {
    if (line === '' || line.startsWith('#')) return
    if (line.endsWith('\r') && !this.#keeps)
      throw this.#fault('the line ends in a carriage return', line.length)
    if (line.startsWith('*')) this.#beginTable(line.slice(1).trimEnd())
    else if (this.#table === undefined) throw this.#fault(`${shown(line)} stands outside of a table`)
    else if (line === 'COMMIT') this.#commit(this.#table.name, this.#table.chains)
    else if (line.startsWith(':')) this.#chain(line, this.#table.chains)
    else this.#rule(line, this.#table.chains)
  }

  #beginTable(name: string): void {
    const open = this.#table
    this.#table = { name, chains: new Map() }
    if (open !== undefined) {
      this.#tables.push({ name: open.name, chains: [...open.chains.values()] })
      throw this.#fault(`the table ${open.name} has no COMMIT before the next one begins`)
    }
    if (!isTableName(name)) throw this.#fault(`there is no table ${shown(name)}`, 2, 'table-unknown')
  }

  #commit(name: string, chains: ReadonlyMap<string, Chain>): void {
    this.#tables.push({ name, chains: [...chains.values()] })
    this.#table = undefined
  }

  #chain(line: string, chains: Map<string, DraftChain>): void {
    const [, name, policy, packets = '0', bytes = '0'] = CHAIN_LINE.exec(line) ?? []
    if (name === undefined || policy === undefined)
      throw this.#fault(`${shown(line)} does not declare a chain`)
    if (!this.#keeps && !isChainName(name))
      throw this.#fault(`${shown(name)} is not the name of a chain`, 2, 'bad-name')
    const counters = { packets: count(packets), bytes: count(bytes) }
    chains.set(name, policy === '-' ? { name, counters, rules: [] } : { name, policy, counters, rules: [] })
  }

  #rule(line: string, chains: ReadonlyMap<string, DraftChain>): void {
    const blanks = BLANKS.exec(line)?.[0].length ?? 0
    const counters = line.charCodeAt(blanks) === BRACKET ? RULE_COUNTERS.exec(line.slice(blanks)) : null
    const begin = blanks + (counters?.[0].length ?? 0)
    const words = new Words(begin === 0 ? line : line.slice(begin), this.#keeps ? 'word-start' : 'anywhere')
    const [command, chain] = words.list
    if (!words.closed && !this.#keeps)
      throw this.#fault('a quotation mark is left open', line.lastIndexOf('"') + 1)
    if ((command !== '-A' && command !== '--append') || chain === undefined)
      throw this.#fault(`${shown(line)} does not append a rule`, begin + 1)
    const declared = chains.get(chain)
    if (declared === undefined)
      throw this.#fault(
        `the chain ${shown(chain)} is not declared`,
        begin + words.start(1) + 1,
        'chain-not-found',
      )
    const rule = Object.assign(this.#words(words, begin), { text: words.text(2, words.list.length) })
    if (counters === null) declared.rules.push(rule)
    else
      declared.rules.push({ ...rule, counters: { packets: count(counters[1]), bytes: count(counters[2]) } })
  }

  #words(words: Words, begin: number): Rule {
    try {
      return parseRuleWords(words, 2, this.#context)
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      if (this.#keeps) return this.#kept(words)
      const { code, path, column = 1 } = error
      throw new ChainmailError(code, error.message, { path, column: begin + column, cause: error })
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
  #placed({ code, message, path, column = 1, cause }: ChainmailError): ChainmailError {
    const line = this.#number
    return new ChainmailError(code, `line ${line}: ${message}`, { path, line, column, cause })
  }
}

/**
 * Characters of a rule within which a quoted text with line breaks must end. The longest that iptables takes, a
 * comment, has 255 bytes.
 */
const LONGEST_QUOTATION = 4096

const BRACKET = '['.charCodeAt(0)

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
