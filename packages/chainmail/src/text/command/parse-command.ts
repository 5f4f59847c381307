import { ChainmailError } from '../../errors.ts'
import { type Context, shown } from '../../model/kind.ts'
import { readInteger } from '../../model/kinds/number.ts'
import { isChainName } from '../../model/names/chain.ts'
import { findTarget } from '../../model/registry.ts'
import type { Rule } from '../../model/rule.ts'
import { parseRule } from '../parse-rule.ts'
import { quoteName } from '../quote.ts'
import { ArgumentReader, refused } from './arguments.ts'
import { type BaseOption, spelling } from './base-option.ts'
import type { Command, Operation } from './command.ts'

/** The greatest number that iptables reads: an unsigned int. */
const GREATEST_NUMBER = 0xffff_ffff

/** MAX_ARG_STRLEN is 131072 with the closing NUL. uapi/linux/binfmts.h */
const LONGEST_ARGUMENT = 131_071

/** More rules than this out of one command are a mistake. */
const MOST_RULES = 65_536

/**
 * Reads the arguments of one iptables or ip6tables command, as they follow the program's name.
 *
 * What only steers the program (`-w`, `-W`, `--modprobe`, `-v` of a change) is read and forgotten; so are the
 * counters of `-P`, as iptables does.
 *
 * @throws ChainmailError `bad-command`, `bad-name`, or what {@link parseRule} throws
 */
export function parseCommand(words: readonly string[], context: Context): Command {
  const reader = new CommandReader(words, context)
  return reader.read()
}

/** One call of iptables: the command, and what only its own output depends on. */
export interface Call {
  readonly command: Command
  /** It says what it has done. */
  readonly verbose: boolean
  /** It says how often to look for the lock, which newer versions no longer ask. */
  readonly setsInterval: boolean
}

/** The same, with what {@link parseCommand} forgets. */
export function parseCall(words: readonly string[], context: Context): Call {
  const reader = new CommandReader(words, context)
  const command = reader.read()
  return { command, verbose: reader.isVerbose, setsInterval: reader.setsInterval }
}

/**
 * Reads a line inside the block of a table, as iptables-restore does: the arguments of a command, without what names a
 * table or waits for the lock. Undefined for a line that `-4` or `-6` keeps for the other family.
 *
 * @throws ChainmailError as {@link parseCommand}
 */
export function parseDumpLine(
  words: readonly string[],
  table: string,
  context: Context,
): Command | undefined {
  return new CommandReader(words, context, table).readOfDump()
}

/** What is given beside the operation, until it is known which operation it is. */
interface Given {
  table: string
  operation: Operation | undefined
  chain: string | undefined
  number: number | undefined
  /** The second name of `-E`, or the policy of `-P`. */
  second: string | undefined
  zero: boolean
  readonly settings: Set<string>
  /** The rule's words without `-s` and `-d`. */
  readonly rule: string[]
  readonly ruleOptions: Set<string>
  /** The words of each source: `-s` with its value, `!` before it where it is negated. */
  sources: readonly (readonly string[])[] | undefined
  destinations: readonly (readonly string[])[] | undefined
}

class CommandReader {
  readonly context: Context
  readonly #arguments: ArgumentReader
  /** The table whose block the words stand in, if they are a line of a dump. */
  readonly #block: string | undefined
  #ofOtherFamily = false
  readonly #given: Given = {
    table: 'filter',
    operation: undefined,
    chain: undefined,
    number: undefined,
    second: undefined,
    zero: false,
    settings: new Set(),
    rule: [],
    ruleOptions: new Set(),
    sources: undefined,
    destinations: undefined,
  }

  constructor(words: readonly string[], context: Context, block?: string) {
    if (words.some((word) => word.includes('\0'))) throw refused('command', 'an argument cannot hold a NUL')
    if (words.some((word) => word.length > LONGEST_ARGUMENT))
      throw refused('command', `an argument has at most ${LONGEST_ARGUMENT} bytes`)
    this.context = context
    this.#arguments = new ArgumentReader(words, context)
    this.#block = block
    if (block !== undefined) this.#given.table = block
  }

  get setsInterval(): boolean {
    return this.#given.settings.has('W')
  }

  get isVerbose(): boolean {
    return this.#given.settings.has('v')
  }

  read(): Command {
    this.#readArguments()
    return this.#command()
  }

  readOfDump(): Command | undefined {
    this.#readArguments()
    return this.#ofOtherFamily ? undefined : this.#command()
  }

  #readArguments(): void {
    const given = this.#given
    for (let next = this.#arguments.next(); next !== undefined; next = this.#arguments.next()) {
      if ('extension' in next) given.rule.push(...next.extension)
      else if (next.base.role === 'operation') this.#operation(next.base, next.value, next.negated)
      else if (next.base.role === 'rule') this.#ruleOption(next.base, next.value, next.negated)
      else this.#setting(next.base, next.value, next.negated)
    }
    if (given.settings.has('W') && !given.settings.has('w'))
      throw refused('-W', '--wait-interval means nothing without --wait')
  }

  #operation(base: BaseOption, value: string | undefined, negated: boolean): void {
    const given = this.#given
    const name = spelling(base)
    const operation = operations[base.letter]
    if (negated || operation === undefined) throw refused(name, 'an operation cannot be negated')
    const zeroesListing =
      (operation === 'zero' && (given.operation === 'list' || given.operation === 'list-rules')) ||
      (given.operation === 'zero' && (operation === 'list' || operation === 'list-rules'))
    if (given.operation !== undefined && !zeroesListing)
      throw refused(name, 'a command has one operation, and another one stands before it')
    if (zeroesListing && given.zero) throw refused(name, 'a command has one operation')
    given.zero = zeroesListing
    if (given.operation === undefined || operation !== 'zero') given.operation = operation
    if (value !== undefined) given.chain = chainName(value, name)
    this.#operands(operation, name)
  }

  /** What follows the operation's chain. */
  #operands(operation: Operation, name: string): void {
    const given = this.#given
    const reader = this.#arguments
    if (operation === 'rename-chain' || operation === 'policy') {
      given.second = reader.peeked()
      if (given.second === undefined)
        throw refused(
          name,
          operation === 'policy' ? 'a chain and a policy are wanted' : 'an old and a new name are wanted',
        )
    } else if (numbered.has(operation) && given.chain !== undefined) {
      const word = reader.peeked()
      if (word !== undefined) given.number = ruleNumber(word, name)
      else if (operation === 'replace') throw refused(name, 'a chain and the number of a rule are wanted')
    }
  }

  #ruleOption(base: BaseOption, value: string | undefined, negated: boolean): void {
    const given = this.#given
    const name = spelling(base)
    const not = negated ? ['!'] : []
    given.ruleOptions.add(name)
    if (base.letter === 's') given.sources = addresses(name, given.sources, value, negated)
    else if (base.letter === 'd') given.destinations = addresses(name, given.destinations, value, negated)
    else if (base.letter === 'c') given.rule.push(...not, name, ...this.#counters(name, value ?? ''))
    else given.rule.push(...not, name, ...(value === undefined ? [] : [value]))
  }

  /** `-c n m` or `-c n,m` */
  #counters(name: string, value: string): readonly string[] {
    if (value.includes(',')) return [value]
    const bytes = this.#arguments.peeked()
    if (bytes === undefined) throw refused(name, 'the packets and the bytes are wanted')
    return [value, bytes]
  }

  #setting({ letter, names }: BaseOption, value: string | undefined, negated: boolean): void {
    const given = this.#given
    const name = letter === '0' ? `--${names[0]}` : `-${letter}`
    if (negated) throw refused(name, 'this option cannot be negated')
    if (letter === 'h' || letter === 'V')
      throw refused(name, 'this asks for a text, not for a change of rules')
    if (
      (letter === '4' && this.context.family === 'ipv6') ||
      (letter === '6' && this.context.family === 'ipv4')
    ) {
      if (this.#block === undefined) throw refused(name, `the command is for ${this.context.family}`)
      this.#ofOtherFamily = true
    }
    if (this.#block !== undefined && notInDump.has(letter))
      throw refused(name, `this option cannot stand in a dump; the line belongs to the table ${this.#block}`)
    if ((letter === 'w' || letter === 'W') && value !== undefined && !/^\d{1,9}$/.test(value))
      throw refused(name, `${shown(value)} is not a time to wait`)
    if (letter === 't') {
      if (value === undefined || value === '' || value.startsWith('-') || value.startsWith('!'))
        throw refused(name, `${shown(value)} is not the name of a table`)
      given.table = value
    }
    given.settings.add(letter)
  }

  #command(): Command {
    const { table, operation, chain, settings } = this.#given
    if (operation === undefined) throw refused('command', 'no operation is named, such as -A, -D or -L')
    this.#refuseCompany(operation)
    const place = { family: this.context.family, table }
    const listing = {
      ...(chain === undefined ? {} : { chain }),
      ...(this.#given.number === undefined ? {} : { number: this.#given.number }),
      ...(this.#given.zero ? { zero: true as const } : {}),
      ...(settings.has('v') ? { verbose: true as const } : {}),
    }
    switch (operation) {
      case 'flush':
      case 'delete-chain':
        return chain === undefined ? { ...place, operation } : { ...place, operation, chain }
      case 'zero':
        return {
          ...place,
          operation,
          ...(chain === undefined ? {} : { chain }),
          ...(this.#given.number === undefined ? {} : { number: this.#given.number }),
        }
      case 'list':
        return {
          ...place,
          operation,
          ...listing,
          ...(settings.has('n') ? { numeric: true as const } : {}),
          ...(settings.has('x') ? { exact: true as const } : {}),
          ...(settings.has('0') ? { lineNumbers: true as const } : {}),
        }
      case 'list-rules':
        return { ...place, operation, ...listing }
      default:
        return this.#ofChain(operation, { ...place, chain: chain ?? '' })
    }
  }

  #ofChain(
    operation: Exclude<Operation, 'flush' | 'delete-chain' | 'zero' | 'list' | 'list-rules'>,
    place: { readonly family: Context['family']; readonly table: string; readonly chain: string },
  ): Command {
    const { number, second = '' } = this.#given
    switch (operation) {
      case 'append':
      case 'check':
        return { ...place, operation, rules: this.#rules() }
      case 'insert':
        return { ...place, operation, number: number ?? 1, rules: this.#rules() }
      case 'delete':
      case 'delete-number':
        if (number === undefined) return { ...place, operation: 'delete', rules: this.#rules() }
        return { ...place, operation: 'delete-number', number }
      case 'replace': {
        const [rule, ...more] = this.#rules()
        if (rule === undefined || more.length > 0)
          throw refused('-R', 'one rule takes the place of another, and several addresses make several rules')
        return { ...place, operation, number: number ?? 1, rule }
      }
      case 'new-chain':
        newChainName(place.chain, this.context)
        return { ...place, operation }
      case 'rename-chain':
        return { ...place, operation, to: newChainName(chainName(second, '-E'), this.context) }
      case 'policy':
        if (second !== 'ACCEPT' && second !== 'DROP')
          throw refused('-P', `${shown(second)} is no policy; ACCEPT and DROP are`)
        return { ...place, operation, policy: second }
    }
  }

  /** What iptables calls an illegal option of the command. */
  #refuseCompany(operation: Operation): void {
    const { rule, ruleOptions, settings, number } = this.#given
    const takesRule =
      operation === 'append' ||
      operation === 'insert' ||
      operation === 'replace' ||
      operation === 'check' ||
      (operation === 'delete' && number === undefined)
    for (const name of ruleOptions) {
      const counters = name === '-c'
      if (counters ? !takesCounters.has(operation) : !takesRule)
        throw refused(name, 'this option does not go with the operation')
    }
    if (!takesRule && rule.length > 0 && operation !== 'policy')
      throw refused(rule[0] ?? '', 'this option does not go with the operation')
    if (operation === 'list') return
    for (const [letter, name] of listingOnly) {
      if (settings.has(letter)) throw refused(name, 'this option goes with -L only')
    }
  }

  /** One rule for each source and each destination. */
  #rules(): readonly Rule[] {
    const { sources, destinations, rule } = this.#given
    if ((sources?.length ?? 1) * (destinations?.length ?? 1) > MOST_RULES)
      throw refused('-s', `one command may make ${MOST_RULES} rules at most`)
    return (sources ?? [[]]).flatMap((source) =>
      (destinations ?? [[]]).map((destination) => this.#rule([...source, ...destination, ...rule])),
    )
  }

  #rule(list: readonly string[]): Rule {
    const context = { ...this.context, table: this.#given.table }
    return parseRule(list.map(quoteName).join(' '), context)
  }
}

const operations: Readonly<Record<string, Operation>> = {
  A: 'append',
  C: 'check',
  D: 'delete',
  E: 'rename-chain',
  F: 'flush',
  I: 'insert',
  L: 'list',
  N: 'new-chain',
  P: 'policy',
  R: 'replace',
  S: 'list-rules',
  X: 'delete-chain',
  Z: 'zero',
}

const notInDump: ReadonlySet<string> = new Set(['t', 'w', 'W', 'M'])
const numbered: ReadonlySet<Operation> = new Set([
  'delete',
  'insert',
  'replace',
  'list',
  'list-rules',
  'zero',
])
const takesCounters: ReadonlySet<Operation> = new Set(['append', 'insert', 'replace', 'policy'])
const listingOnly: ReadonlyMap<string, string> = new Map([
  ['n', '-n'],
  ['x', '-x'],
  ['0', '--line-numbers'],
])

/** The words of each address of a comma list. */
function addresses(
  name: string,
  before: readonly (readonly string[])[] | undefined,
  value: string | undefined,
  negated: boolean,
): readonly (readonly string[])[] {
  if (before !== undefined)
    throw new ChainmailError('bad-rule', `${name}: the option stands twice.`, { path: name })
  const list = (value ?? '').split(',').map((address) => address.replace(/^[ \t]+/, ''))
  if (negated && list.length > 1) throw refused(name, 'several addresses cannot be negated')
  return list.map((address) => [...(negated ? ['!'] : []), name, address])
}

function chainName(word: string, option: string): string {
  if (isChainName(word)) return word
  throw new ChainmailError('bad-name', `${option}: ${shown(word)} is not the name of a chain.`, {
    path: option,
  })
}

function newChainName(word: string, { family }: Context): string {
  if (findTarget(word, family) === undefined) return word
  throw new ChainmailError('bad-name', `${shown(word)} is the name of a target, so no chain can have it.`)
}

function ruleNumber(word: string, option: string): number {
  const number = readInteger(word.startsWith('+') ? word.slice(1) : word)
  if (number !== undefined && number >= 1 && number <= GREATEST_NUMBER) return number
  throw refused(option, `${shown(word)} is not the number of a rule; they are counted from 1`)
}
