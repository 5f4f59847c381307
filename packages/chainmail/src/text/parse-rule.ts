import { ChainmailError } from '../errors.ts'
import { type Draft, emptyDraft, finish, knownMatch, knownTarget } from '../model/draft.ts'
import { type Context, Refusal, shown } from '../model/kind.ts'
import { maskedNetwork } from '../model/kinds/address.ts'
import { count } from '../model/kinds/count.ts'
import { interfaceName } from '../model/kinds/interface.ts'
import { protocol } from '../model/kinds/protocol.ts'
import { checkOpaque } from '../model/opaque.ts'
import { type Given, noneGiven } from '../model/options.ts'
import { reading } from '../model/reading.ts'
import { type Compiled, type Flag, findMatch, namesWithFlag } from '../model/registry.ts'
import type { RepeatedOptions } from '../model/repeated-options.ts'
import type { Opaque, Rule } from '../model/rule.ts'
import { baseFlags } from './base-flags.ts'
import { isLong, refuseLongLine } from './line-limits.ts'
import { Words } from './words.ts'

/**
 * Reads a rule in iptables' own words, as they follow `-A CHAIN` in what iptables-save prints or in the
 * arguments of a command. iptables(8), PARAMETERS
 *
 * @param repeated what the rules before it said, where there are many
 * @throws ChainmailError `bad-rule` or `unknown-option`, with the column of the word at fault.
 */
export function parseRule(line: string, context: Context, repeated?: RepeatedOptions): Rule {
  const words = new Words(line)
  if (!words.closed) {
    const column = line.lastIndexOf('"') + 1
    throw new ChainmailError('bad-rule', `rule: a quotation mark is left open in ${shown(line)}.`, { column })
  }
  return new RuleReader(words, 0, context).read(repeated)
}

/**
 * The rule in the words from `first` on.
 *
 * @param repeated what the rules of the same text said before it
 */
export function parseRuleWords(
  words: Words,
  first: number,
  context: Context,
  repeated: RepeatedOptions,
): Rule {
  return new RuleReader(words, first, context).read(repeated)
}

/** The rule in the words from `first` on, with every match, and every target that has options, kept word for word. */
export function keepRuleWords(words: Words, first: number, context: Context): Rule {
  return new RuleReader(words, first, context, true).read()
}

interface Loaded {
  readonly extension: Compiled
  readonly given: Given
  /** What was loaded before it. */
  readonly before: Loaded | undefined
}
type FoundFlag = { readonly flag: Flag; readonly given: Given }

/** What a base option does; it reads its own words. */
type BaseOption = (reader: RuleReader, flag: string, negated: boolean) => void

class RuleReader {
  readonly words: Words
  readonly context: Context
  readonly keepsAll: boolean
  readonly draft: Draft = emptyDraft()
  /** The newest of the matches loaded so far, and the target: it is asked first for an option. */
  newest: Loaded | undefined
  at: number
  /** The option whose value is being read. */
  option = 'rule'
  /** The word that is spoken of when something is wrong. */
  #current: number
  /** A value that is written in one word with its option: `--dport=22`, `-ptcp`. */
  #attached: string | undefined

  constructor(words: Words, first: number, context: Context, keepsAll = false) {
    this.words = words
    this.at = first
    this.#current = first
    this.context = context
    this.keepsAll = keepsAll
  }

  read(repeated?: RepeatedOptions): Rule {
    try {
      this.#readOptions()
    } catch (error) {
      throw this.#placed(error, this.#current)
    }
    try {
      const rule = finish(this.draft, this.context, repeated)
      if (!this.keepsAll && isLong(this.words)) refuseLongLine(rule, this.context)
      return rule
    } catch (error) {
      const path = error instanceof ChainmailError ? error.path : undefined
      throw this.#placed(error, namedWord(this.words.list, path))
    }
  }

  /** What was thrown, with the column of the word that it is about. */
  #placed(error: unknown, word: number): unknown {
    const column = this.words.start(word) + 1
    if (error instanceof Refusal)
      return new ChainmailError('bad-rule', `${this.option}: ${error.message}.`, {
        path: this.option,
        column,
      })
    if (!(error instanceof ChainmailError)) return error
    const { path, cause } = error
    return new ChainmailError(error.code, error.message, { path, cause, column })
  }

  #readOptions(): void {
    const { list } = this.words
    let negated = false
    while (this.at < list.length) {
      this.#current = this.at
      const word = list[this.at++] ?? ''
      if (word === '!') {
        if (negated) throw new ChainmailError('bad-rule', 'rule: two exclamation marks in a row.')
        negated = true
        continue
      }
      const base = baseOptions.get(word)
      if (base !== undefined) base(this, word, negated)
      else this.#option(word, negated)
      if (this.#attached !== undefined)
        throw new ChainmailError('bad-rule', `${word}: the option takes no value.`, { path: word })
      negated = false
    }
    if (negated) throw new ChainmailError('bad-rule', 'rule: nothing follows the exclamation mark.')
  }

  /** The next word, which an option needs as its value. */
  value(flag: string): string {
    const attached = this.#attached
    this.#attached = undefined
    if (attached !== undefined) return attached
    const word = this.words.list[this.at]
    if (word === undefined)
      throw new ChainmailError('bad-rule', `${flag}: a value is missing.`, { path: flag })
    this.#current = this.at++
    return word
  }

  load(extension: Compiled, path: string): Loaded {
    const loaded = { path, extension, given: noneGiven(extension), before: this.newest }
    this.draft.matches.push(loaded)
    this.newest = loaded
    return loaded
  }

  /** The words of an extension that the model does not know: up to the next option of iptables itself. */
  opaqueText(): string {
    const { list } = this.words
    const first = this.at
    while (this.at < list.length) {
      const word = list[this.at] ?? ''
      const next = word === '!' ? (list[this.at + 1] ?? '') : word
      if (baseOptions.has(next)) break
      this.at++
    }
    return this.words.text(first, this.at)
  }

  /** What the kernel holds is kept whatever it is; only what comes from outside has to be fit to be written. */
  opaque(name: string, text: string, path: string): Opaque {
    return this.keepsAll ? { name, text } : checkOpaque({ name, text }, path)
  }

  #option(word: string, negated: boolean): void {
    const found = this.#find(word)
    if (found !== undefined) this.#give(word, found, negated)
    else this.#spelledOtherwise(word, negated)
  }

  #give(word: string, { flag, given }: FoundFlag, negated: boolean): void {
    this.option = word
    const { slot, also, kind, negatable, gather } = flag
    const sofar = given[slot.index]
    if (negated && !negatable)
      throw new ChainmailError('bad-rule', `${word}: this option cannot be negated.`, { path: word })
    if (
      gather === undefined &&
      (sofar !== undefined || also?.some(({ index }) => given[index] !== undefined) === true)
    )
      throw new ChainmailError('bad-rule', `${word}: the option stands twice.`, { path: word })
    const value = flag.value ?? this.#kindValue(word, kind)
    const whole = negated ? { not: value } : value
    given[slot.index] = gather === undefined ? whole : reading(word, () => gather(sofar, whole))
    if (also !== undefined) for (const { index } of also) given[index] = value
  }

  #kindValue(word: string, kind: Flag['kind']): unknown {
    const { words } = kind
    if (words === 0) return kind.parse(this.words.list, this.at, this.context)
    if (this.#attached === undefined) {
      const first = this.at
      if (kind.optional === true && !mayBeValue(this.words.list[first]))
        return kind.parse([], 0, this.context)
      if (first + words > this.words.list.length)
        throw new ChainmailError('bad-rule', `${word}: a value is missing.`, { path: word })
      this.#current = first
      this.at += words
      return kind.parse(this.words.list, first, this.context)
    }
    const values = Array.from({ length: words }, () => this.value(word))
    return kind.parse(values, 0, this.context)
  }

  /** What getopt_long(3) reads as well: `--option=value`, an unambiguous beginning, `-pvalue`. */
  #spelledOtherwise(word: string, negated: boolean): void {
    const short = word.startsWith('--') ? undefined : baseOptions.get(word.slice(0, 2))
    if (short !== undefined) {
      this.#attached = word.slice(2)
      short(this, word.slice(0, 2), negated)
      return
    }
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    if (equals !== -1) this.#attached = word.slice(equals + 1)
    const exact = baseOptions.get(name)
    const found = exact === undefined ? this.#find(name) : undefined
    if (exact !== undefined) exact(this, name, negated)
    else if (found !== undefined) this.#give(name, found, negated)
    else this.#abbreviated(name, negated)
  }

  /** Of which matches and targets it is an option, so that they can be named before it. */
  #owners(name: string): string {
    const owners = namesWithFlag(name, this.context.family)
    return owners.length === 0 ? '' : `; it belongs to ${owners.join(', ')}`
  }

  #abbreviated(name: string, negated: boolean): void {
    const long = name.startsWith('--') && name.length > 2
    const spellings = long ? this.#spellings().filter((flag) => flag.startsWith(name)) : []
    const meanings = new Set(spellings.map((flag) => baseOptions.get(flag) ?? this.#find(flag)?.flag ?? flag))
    const [flag] = spellings
    if (flag === undefined || (flag === name && meanings.size === 1)) {
      throw new ChainmailError(
        'unknown-option',
        `rule: ${shown(name)} is not an option of iptables or of a match or target named before it${this.#owners(name)}.`,
        { path: name.startsWith('-') ? name : 'rule' },
      )
    }
    if (meanings.size > 1) {
      throw new ChainmailError('unknown-option', `rule: ${name} may be ${spellings.join(' or ')}.`, {
        path: name,
      })
    }
    const base = baseOptions.get(flag)
    if (base !== undefined) base(this, flag, negated)
    else this.#option(flag, negated)
  }

  /** Every long option that may stand here. */
  #spellings(): string[] {
    const byProtocol = this.#protocolMatch()
    const extensions = byProtocol === undefined ? [] : [byProtocol]
    for (let loaded = this.newest; loaded !== undefined; loaded = loaded.before)
      extensions.push(loaded.extension)
    extensions.reverse()
    return [...baseFlags, ...extensions.flatMap(({ flags }) => [...flags.keys()])]
  }

  #find(word: string): FoundFlag | undefined {
    for (let loaded = this.newest; loaded !== undefined; loaded = loaded.before) {
      const flag = loaded.extension.flags.get(word)
      if (flag !== undefined) return { flag, given: loaded.given }
    }
    return this.#findByProtocol(word)
  }

  /** `-p tcp` brings the tcp match along when one of its options is named. */
  #findByProtocol(word: string): FoundFlag | undefined {
    const extension = this.#protocolMatch()
    const flag = extension?.flags.get(word)
    if (extension === undefined || flag === undefined) return undefined
    return { flag, given: this.load(extension, extension.name).given }
  }

  /** The match of the protocol's name, unless it is loaded already. */
  #protocolMatch(): Compiled | undefined {
    const { protocol: named } = this.draft
    if (typeof named !== 'string' || this.keepsAll) return undefined
    const extension = findMatch(matchOfProtocol.get(named) ?? named, this.context.family)
    for (let loaded = this.newest; loaded !== undefined; loaded = loaded.before)
      if (loaded.extension === extension) return undefined
    return extension
  }
}

/** The word that names the match, target or interface of a path; the first one if there is none. */
export function namedWord(list: readonly string[], path = ''): number {
  const [first = '', name] = path.split('.')
  const [member = ''] = first.split('[')
  const flags = naming.get(member)
  const at = list.findIndex(
    (word, index) => flags?.includes(word) === true && (member !== 'matches' || list[index + 1] === name),
  )
  return at + 1
}

const naming: ReadonlyMap<string, readonly string[]> = new Map([
  ['matches', ['-m', '--match']],
  ['target', ['-j', '--jump']],
  ['goto', ['-g', '--goto']],
  ['inInterface', ['-i', '--in-interface']],
  ['outInterface', ['-o', '--out-interface']],
])

/** getopt_long(3) takes the word behind an option that can do without only if it looks like no option. */
function mayBeValue(word: string | undefined): boolean {
  return word !== undefined && !word.startsWith('-') && !word.startsWith('!')
}

/** Where the match that a protocol brings along has another name than the protocol. */
const matchOfProtocol: ReadonlyMap<string, string> = new Map([
  ['ipv6-icmp', 'icmp6'],
  ['mobility-header', 'mh'],
])

type NegatableMember = 'protocol' | 'source' | 'destination' | 'inInterface' | 'outInterface'

function member(
  key: NegatableMember,
  read: (words: readonly string[], at: number, context: Context) => string,
): BaseOption {
  return (reader, flag, negated) => {
    const { draft, context } = reader
    if (draft[key] !== undefined)
      throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
    reader.option = flag
    const value = read([reader.value(flag)], 0, context)
    draft[key] = negated ? { not: value } : value
  }
}

function plain(read: (reader: RuleReader, flag: string) => void): BaseOption {
  return (reader, flag, negated) => {
    if (negated)
      throw new ChainmailError('bad-rule', `${flag}: this option cannot be negated.`, { path: flag })
    read(reader, flag)
  }
}

const fragment: BaseOption = ({ draft }, flag, negated) => {
  if (draft.fragment !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  draft.fragment = negated ? { not: true } : true
}

const match = plain((reader, flag) => {
  const name = reader.value(flag)
  const extension = reader.keepsAll ? undefined : knownMatch(name, reader.context)
  if (extension === undefined) {
    const path = `matches.${name}`
    reader.draft.matches.push({ path, opaque: reader.opaque(name, reader.opaqueText(), path) })
  } else reader.load(extension, extension.path)
})

const jump = plain((reader, flag) => {
  const { draft } = reader
  if (draft.target !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  const name = reader.value(flag)
  const extension = reader.keepsAll ? undefined : knownTarget(name, reader.context)
  if (extension === undefined) {
    const text = reader.opaqueText()
    draft.target = text === '' ? { name } : { name, opaque: reader.opaque(name, text, 'target') }
    return
  }
  const loaded = { name, extension, given: noneGiven(extension), before: reader.newest }
  draft.target = loaded
  reader.newest = loaded
})

const goto = plain((reader, flag) => {
  if (reader.draft.goto !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  reader.draft.goto = reader.value(flag)
})

/** `-c n m` or `-c n,m` */
const counters = plain((reader, flag) => {
  if (reader.draft.counters !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  const [packets = '', bytes = reader.value(flag)] = reader.value(flag).split(',', 2)
  reader.draft.counters = reading(flag, () => ({ packets: count(packets), bytes: count(bytes) }))
})

const protocolOption = member('protocol', protocol.parse)
const source = member('source', maskedNetwork.parse)
const destination = member('destination', maskedNetwork.parse)
const inInterface = member('inInterface', interfaceName.parse)
const outInterface = member('outInterface', interfaceName.parse)

const baseOptions: ReadonlyMap<string, BaseOption> = new Map([
  ['-p', protocolOption],
  ['--protocol', protocolOption],
  ['-s', source],
  ['--source', source],
  ['--src', source],
  ['-d', destination],
  ['--destination', destination],
  ['--dst', destination],
  ['-i', inInterface],
  ['--in-interface', inInterface],
  ['-o', outInterface],
  ['--out-interface', outInterface],
  ['-f', fragment],
  ['--fragment', fragment],
  ['--fragments', fragment],
  ['-m', match],
  ['--match', match],
  ['-j', jump],
  ['--jump', jump],
  ['-g', goto],
  ['--goto', goto],
  ['-c', counters],
  ['--set-counters', counters],
])
