import { ChainmailError } from '../../errors.ts'
import { type Context, type Kind, Refusal, shown } from '../../model/kind.ts'
import { protocol } from '../../model/kinds/protocol.ts'
import { type Compiled, findMatch, findTarget } from '../../model/registry.ts'
import { type BaseOption, longOption, longOptionsBeginning, shortOption, spelling } from './base-option.ts'

/** An option of iptables itself with its value, or words of a match or target, spelt out. */
export type Argument =
  | { readonly base: BaseOption; readonly value?: string; readonly negated: boolean }
  | { readonly extension: readonly string[] }

interface LongOption {
  readonly base?: BaseOption
  /** The full spelling of a match's or target's option, and how many words follow it. */
  readonly extension?: { readonly flag: string; readonly words: number; readonly optional: boolean }
}

/**
 * The arguments of an iptables command, taken apart as iptables does by getopt_long(3): short options in
 * clusters, long ones abbreviated or with `=`, and options of matches and targets once these are named.
 */
export class ArgumentReader {
  readonly words: readonly string[]
  readonly context: Context
  /** The matches and targets named so far, each once, the newest last. */
  readonly #loaded = new Set<Compiled>()
  #byProtocol: Compiled | undefined
  /** Whether a match or target is named that the model does not know: what its options are is not known either. */
  #opaque = false
  #opaqueOption = false
  #at = 0
  /** What is left of a cluster of short options. */
  #cluster = ''

  constructor(words: readonly string[], context: Context) {
    this.words = words
    this.context = context
  }

  /** @throws ChainmailError `bad-command` */
  next(): Argument | undefined {
    if (this.#cluster !== '') return this.#short(false)
    let word = this.words[this.#at]
    if (word === undefined) return undefined
    this.#at++
    const negated = word === '!'
    if (negated) {
      word = this.words[this.#at++]
      if (word === undefined) throw refused('!', 'nothing follows the exclamation mark')
      if (word === '!') throw refused('!', 'two exclamation marks in a row')
    }
    if (word === '--') throw refused(word, 'it ends the options, and iptables takes nothing behind them')
    if (word.startsWith('--')) return this.#long(word, negated)
    if (word.startsWith('-') && word.length > 1) {
      this.#cluster = word.slice(1)
      return this.#short(negated)
    }
    if (this.#opaqueOption && !negated) return { extension: [word] }
    throw refused('command', `${shown(word)} stands where an option is wanted`)
  }

  /** The next word, if it is no option: iptables looks for a chain or number there. */
  peeked(): string | undefined {
    const word = this.#cluster === '' ? this.words[this.#at] : undefined
    if (word === undefined || word.startsWith('-') || word.startsWith('!')) return undefined
    this.#at++
    return word
  }

  #short(negated: boolean): Argument {
    const letter = String.fromCodePoint(this.#cluster.codePointAt(0) ?? 0)
    const rest = this.#cluster.slice(letter.length)
    const base = shortOption(letter)
    if (base === undefined) throw refused(`-${letter}`, `${shown(`-${letter}`)} is not an option of iptables`)
    this.#opaqueOption = false
    if (base.argument === 'none') {
      this.#cluster = rest
      return { base, negated }
    }
    this.#cluster = ''
    return this.#withValue(base, rest === '' ? undefined : rest, negated)
  }

  #withValue(base: BaseOption, attached: string | undefined, negated: boolean): Argument {
    let value = attached
    if (value === undefined) {
      value = base.argument === 'optional' ? this.peeked() : this.words[this.#at++]
      if (value === undefined && base.argument === 'required')
        throw refused(spelling(base), 'a value is missing')
    }
    if (value === undefined) return { base, negated }
    this.#learn(base, value)
    return { base, value, negated }
  }

  #long(word: string, negated: boolean): Argument {
    this.#opaqueOption = false
    const equals = word.indexOf('=')
    const name = word.slice(2, equals === -1 ? undefined : equals)
    const attached = equals === -1 ? undefined : word.slice(equals + 1)
    const { base, extension } = this.#find(name)
    if (base !== undefined) {
      if (base.argument !== 'none') return this.#withValue(base, attached, negated)
      if (attached !== undefined) throw refused(`--${name}`, 'this option takes no value')
      return { base, negated }
    }
    const not = negated ? ['!'] : []
    if (extension === undefined) {
      this.#opaqueOption = true
      return { extension: [...not, word] }
    }
    const values = attached === undefined ? [] : [attached]
    if (extension.words === 0 && attached !== undefined)
      throw refused(`--${name}`, 'this option takes no value')
    if (extension.optional) {
      const value = attached ?? this.peeked()
      return { extension: [...not, extension.flag, ...(value === undefined ? [] : [value])] }
    }
    while (values.length < extension.words) {
      const value = this.words[this.#at++]
      if (value === undefined) throw refused(extension.flag, 'a value is missing')
      values.push(value)
    }
    return { extension: [...not, extension.flag, ...values] }
  }

  /** An exact name wins; else a beginning that only one option has; `-p` brings its match along at last. */
  #find(name: string): LongOption {
    const exact = longOption(name)
    if (exact !== undefined) return { base: exact }
    const found = this.#findAmong(name, this.#loaded)
    if (found !== undefined && found !== 'ambiguous') return found
    const again =
      this.#byProtocol === undefined ? found : this.#findAmong(name, [...this.#loaded, this.#byProtocol])
    if (again === 'ambiguous')
      throw refused(`--${name}`, 'more than one option begins so; write the whole name')
    return again ?? {}
  }

  #findAmong(name: string, extensions: Iterable<Compiled>): LongOption | 'ambiguous' | undefined {
    const flag = `--${name}`
    for (const { flags } of Array.from(extensions).reverse()) {
      const exact = flags.get(flag)
      if (exact !== undefined) return { extension: { flag, ...wordsOf(exact) } }
    }
    if (this.#opaque) return undefined
    const candidates = new Map<unknown, LongOption>()
    for (const base of longOptionsBeginning(name)) candidates.set(base, { base })
    for (const { flags } of extensions) {
      for (const [spelt, known] of flags) {
        if (spelt.startsWith(flag)) candidates.set(known, { extension: { flag: spelt, ...wordsOf(known) } })
      }
    }
    const [first, ...more] = candidates.values()
    return more.length > 0 ? 'ambiguous' : first
  }

  /** From here on the options of the match or target may follow. */
  #learn({ letter }: BaseOption, value: string): void {
    const { family } = this.context
    if (letter === 'p') this.#byProtocol = matchOfProtocol(value, this.context)
    if (letter !== 'm' && letter !== 'j') return
    const extension = letter === 'm' ? findMatch(value, family) : findTarget(value, family)
    if (extension === undefined) this.#opaque = true
    else {
      this.#loaded.delete(extension)
      this.#loaded.add(extension)
    }
  }
}

function wordsOf({
  value,
  kind,
}: {
  readonly value?: unknown
  readonly kind: Pick<Kind<unknown>, 'words' | 'optional'>
}): { readonly words: number; readonly optional: boolean } {
  if (value !== undefined) return { words: 0, optional: false }
  return { words: kind.words, optional: kind.optional === true }
}

function matchOfProtocol(word: string, context: Context): Compiled | undefined {
  try {
    const name = protocol.parse([word], 0, context)
    return findMatch(name === 'ipv6-icmp' ? 'icmp6' : name, context.family)
  } catch (error) {
    // The rule's own reader says what is wrong with it.
    if (error instanceof Refusal) return undefined
    throw error
  }
}

export function refused(path: string, what: string): ChainmailError {
  return new ChainmailError('bad-command', `${path}: ${what}.`, { path })
}
