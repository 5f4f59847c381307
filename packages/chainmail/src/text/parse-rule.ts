import { ChainmailError } from '../errors.ts'
import { type Draft, emptyDraft, finish, knownMatch, knownTarget } from '../model/draft.ts'
import { type Context, shown } from '../model/kind.ts'
import { maskedNetwork } from '../model/kinds/address.ts'
import { count } from '../model/kinds/count.ts'
import { interfaceName } from '../model/kinds/interface.ts'
import { protocol } from '../model/kinds/protocol.ts'
import { checkOpaque } from '../model/opaque.ts'
import { type Given, reading } from '../model/options.ts'
import { type Compiled, type Flag, findMatch } from '../model/registry.ts'
import type { Opaque, Rule } from '../model/rule.ts'
import { Words } from './words.ts'

/**
 * Reads a rule in iptables' own words, as they follow `-A CHAIN` in what iptables-save prints or in the
 * arguments of a command. iptables(8), PARAMETERS
 *
 * @throws ChainmailError `bad-rule` or `unknown-option`, naming the option and the value at fault.
 */
export function parseRule(line: string, context: Context): Rule {
  const words = new Words(line)
  if (!words.closed)
    throw new ChainmailError('bad-rule', `rule: a quotation mark is left open in ${shown(line)}.`)
  return new RuleReader(words, 0, context).read()
}

/** The rule in the words from `first` on. */
export function parseRuleWords(words: Words, first: number, context: Context): Rule {
  return new RuleReader(words, first, context).read()
}

type Loaded = { readonly extension: Compiled; readonly given: Given }

/** What a base option does; it reads its own words. */
type BaseOption = (reader: RuleReader, flag: string, negated: boolean) => void

class RuleReader {
  readonly words: Words
  readonly context: Context
  readonly draft: Draft = emptyDraft()
  /** The matches loaded so far, and the target: the newest is asked first for an option. */
  readonly loaded: Loaded[] = []
  at: number

  constructor(words: Words, first: number, context: Context) {
    this.words = words
    this.at = first
    this.context = context
  }

  read(): Rule {
    const { list } = this.words
    let negated = false
    while (this.at < list.length) {
      const word = list[this.at++] ?? ''
      if (word === '!') {
        if (negated) throw new ChainmailError('bad-rule', 'rule: two exclamation marks in a row.')
        negated = true
        continue
      }
      const base = baseOptions.get(word)
      if (base === undefined) this.#option(word, negated)
      else base(this, word, negated)
      negated = false
    }
    if (negated) throw new ChainmailError('bad-rule', 'rule: nothing follows the exclamation mark.')
    return finish(this.draft, this.context)
  }

  /** The next word, which an option needs as its value. */
  value(flag: string): string {
    const word = this.words.list[this.at++]
    if (word === undefined)
      throw new ChainmailError('bad-rule', `${flag}: a value is missing.`, { path: flag })
    return word
  }

  load(extension: Compiled, path: string): void {
    const given: Given = new Map()
    this.draft.matches.push({ path, extension, given })
    this.loaded.push({ extension, given })
  }

  /** The words of an extension that the model does not know: up to the next option of iptables itself. */
  opaque(name: string, path: string): Opaque {
    const { list } = this.words
    const first = this.at
    while (this.at < list.length) {
      const word = list[this.at] ?? ''
      const next = word === '!' ? (list[this.at + 1] ?? '') : word
      if (baseOptions.has(next)) break
      this.at++
    }
    return checkOpaque({ name, text: this.words.text(first, this.at) }, path)
  }

  #option(word: string, negated: boolean): void {
    const found = this.#find(word)
    if (found === undefined) {
      const path = word.startsWith('-') ? word : 'rule'
      throw new ChainmailError(
        'unknown-option',
        `rule: ${shown(word)} is not an option of iptables or of a match or target named before it.`,
        { path },
      )
    }
    const { flag, given } = found
    const { key, option, negatable } = flag
    if (negated && !negatable)
      throw new ChainmailError('bad-rule', `${word}: this option cannot be negated.`, { path: word })
    if (given.has(key))
      throw new ChainmailError('bad-rule', `${word}: the option stands twice.`, { path: word })
    let value = flag.value
    if (value === undefined) {
      const { kind } = option
      if (this.at + kind.words > this.words.list.length) {
        throw new ChainmailError('bad-rule', `${word}: a value is missing.`, { path: word })
      }
      const first = this.at
      value = reading(word, () => kind.parse(this.words.list, first, this.context))
      this.at += kind.words
    }
    given.set(key, negated ? { not: value } : value)
  }

  #find(word: string): { readonly flag: Flag; readonly given: Given } | undefined {
    for (let index = this.loaded.length - 1; index >= 0; index--) {
      const loaded = this.loaded[index]
      const flag = loaded?.extension.flags.get(word)
      if (flag !== undefined && loaded !== undefined) return { flag, given: loaded.given }
    }
    return this.#findByProtocol(word)
  }

  /** `-p tcp` brings the tcp match along when one of its options is named. */
  #findByProtocol(word: string): { readonly flag: Flag; readonly given: Given } | undefined {
    const { protocol: named } = this.draft
    if (typeof named !== 'string') return undefined
    const extension = findMatch(named === 'ipv6-icmp' ? 'icmp6' : named, this.context.family)
    const flag = extension?.flags.get(word)
    if (extension === undefined || flag === undefined) return undefined
    if (this.loaded.some((loaded) => loaded.extension === extension)) return undefined
    this.load(extension, extension.name)
    const given = this.loaded.at(-1)?.given
    return given === undefined ? undefined : { flag, given }
  }
}

type NegatableMember = 'protocol' | 'source' | 'destination' | 'inInterface' | 'outInterface'

function member(
  key: NegatableMember,
  read: (words: readonly string[], at: number, context: Context) => string,
): BaseOption {
  return (reader, flag, negated) => {
    const { draft, context } = reader
    if (draft[key] !== undefined)
      throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
    const at = reader.at
    reader.value(flag)
    const value = reading(flag, () => read(reader.words.list, at, context))
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
  const path = `matches.${name}`
  const extension = knownMatch(name, path, reader.context)
  if (extension === undefined) reader.draft.matches.push({ path, opaque: reader.opaque(name, path) })
  else reader.load(extension, path)
})

const jump = plain((reader, flag) => {
  const { draft } = reader
  if (draft.target !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  const name = reader.value(flag)
  const extension = knownTarget(name, 'target', reader.context)
  if (extension === undefined) {
    const opaque = reader.opaque(name, 'target')
    draft.target = opaque.text === '' ? { name } : { name, opaque }
    return
  }
  const given: Given = new Map()
  draft.target = { name, extension, given }
  reader.loaded.push({ extension, given })
})

const goto = plain((reader, flag) => {
  if (reader.draft.goto !== undefined)
    throw new ChainmailError('bad-rule', `${flag}: the option stands twice.`, { path: flag })
  reader.draft.goto = reader.value(flag)
})

/** `-c n m` or `-c n,m` */
const counters = plain((reader, flag) => {
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
  ['--proto', protocolOption],
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
