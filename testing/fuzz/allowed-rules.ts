import { isPeculiar } from '../rules/host.ts'
import { listOf, recordOf } from './document.ts'
import type { HeldRule } from './kernel-snapshot.ts'
import type { NamedRule, RulePool } from './named-rules.ts'
import type { FuzzRequest } from './request.ts'
import { savedWords } from './saved-words.ts'

/** By which plans know their rules again. */
const OWNER_MARK = /-m comment --comment "?chainmail:[\w.-]+"?(?: |$)/
const JUMP = / ?-([jg]) (?:fuzz-\S*|elsewhere)$/

/**
 * The rules that accepted requests have named: nothing else may stand in the kernel, but what chainmail makes for itself.
 *
 * 1. A line of the kernel has to be the canonical text of a rule that was named, word for word.
 * 2. Where a text in the rule tries to be more than one, the line has to be that of the same rule with `x` in its place,
 *    but for that one word, both read by the rule of iptables-restore and not by the library.
 */
export class AllowedRules {
  readonly #pool: RulePool
  readonly #texts = new Set<string>()
  readonly #harmless = new Map<string, NamedRule>()
  /** The words of rules that this backend is known to print otherwise: it may leave some of them out. */
  readonly #peculiar: ReadonlySet<string>[] = []

  constructor(pool: RulePool) {
    this.#pool = pool
  }

  /** Notes what a request names that was accepted, or may have been. */
  add(request: FuzzRequest): void {
    for (const named of request.isMutated ? this.#found(request) : request.rules) {
      if (named.text === undefined) continue
      const key = keyOf(named.family, named.text)
      this.#texts.add(key)
      // The backend may print the same rule in other words.
      if (named.compared !== undefined) this.#texts.add(keyOf(named.family, named.compared))
      if (isPeculiar('nft', named.text)) this.#peculiar.push(new Set(savedWords(jumpless(named.text))))
      if (named.harmlessWords !== undefined) this.#harmless.set(key, named)
    }
  }

  /** What is wrong with a rule that has come into the kernel, in a sentence. */
  fault({ family, chain, text }: HeldRule): string | undefined {
    if (chain.startsWith('chainmail') || /--comment "?chainmail"?(?: |$)/.test(text)) return undefined
    const unmarked = text.replace(OWNER_MARK, '').trimEnd()
    const key = [text, unmarked].map((one) => keyOf(family, one)).find((one) => this.#texts.has(one))
    if (key === undefined)
      return isPeculiar('nft', text) || this.#isPartOfPeculiar(unmarked)
        ? undefined
        : `no request that was accepted names the rule ${text}`
    const twin = this.#harmless.get(key)
    if (twin?.harmlessWords === undefined) return undefined
    const words = savedWords(key.endsWith(jumpless(text)) ? jumpless(text) : jumpless(unmarked))
    const wanted = savedWords(jumpless(twin.harmlessWords.map(quotedWord).join(' ')))
    const isSame =
      words.length === wanted.length &&
      words.every((word, at) => word === wanted[at] || (wanted[at] === 'x' && word === twin.hostile))
    return isSame ? undefined : `a text in a rule is more than one: ${text}`
  }

  #isPartOfPeculiar(text: string): boolean {
    const words = savedWords(jumpless(text))
    return this.#peculiar.some((known) => words.every((word) => known.has(word)))
  }

  /** Rules that stand somewhere in the body as it is: where it was made wrong, nobody knows what it names. */
  #found({ body }: FuzzRequest): readonly NamedRule[] {
    if (body === undefined) return []
    // What marks the order of bytes is no part of JSON, and is passed over.
    const text = Buffer.from(body)
      .toString()
      .replace(/^\ufeff/, '')
    const found: unknown[] = []
    try {
      collect(JSON.parse(text), found, false)
    } catch {
      collect(text, found, false)
    }
    return found.flatMap((given) => [
      this.#pool.read('ipv4', 'filter', given),
      this.#pool.read('ipv6', 'filter', given),
    ])
  }
}

/** Where a rule may stand as a text. */
const ruleMembers: ReadonlySet<string> = new Set(['rule', 'rules'])

/** @param isRule whether a text here is a rule, as it is for the items of a list of rules */
function collect(value: unknown, found: unknown[], isRule: boolean): void {
  if (typeof value === 'string') {
    if (isRule) found.push(value)
    for (const line of value.split('\n')) {
      const [, rest] = /^\s*(?:-A|--append|-I|--insert) \S+ (?:\d+ )?(.*)$/.exec(line) ?? []
      if (rest !== undefined) found.push(rest)
    }
  } else if (Array.isArray(value)) for (const item of value) collect(item, found, isRule)
  else if (typeof value === 'object' && value !== null) {
    found.push(value)
    const words = listOf(recordOf(value).arguments).map(String)
    const at = words.findIndex((word) => /^(?:-[AIR]|--append|--insert|--replace)$/.test(word))
    if (at !== -1)
      for (const skipped of [2, 3])
        found.push(
          words
            .slice(at + skipped)
            .map(quotedWord)
            .join(' '),
        )
    for (const [name, item] of Object.entries(value))
      collect(item, found, ruleMembers.has(name) || (Array.isArray(item) && name.startsWith('fuzz-')))
  }
}

function quotedWord(word: string): string {
  return /^[\w!:./,+-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A chain that is jumped to may have got another name since. */
function jumpless(text: string): string {
  return text.replace(JUMP, '')
}

function keyOf(family: string, text: string): string {
  return `${family} ${jumpless(text)}`
}
