import type { Family } from '@chainmail/kernel'
import { ChainmailError, checkRule, parseRule, type Rule, renderRule, type Spelling } from 'chainmail'
import { comparedText } from '../../packages/chainmail/src/model/equality.ts'
import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import { sampleRules } from '../rules/sample.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'
import { savedWords } from './saved-words.ts'

/** A rule as a request names it, and what may become of it. */
export interface NamedRule {
  readonly family: Family
  readonly table: string
  /** As the request has it: data, or iptables' own words. */
  readonly given: unknown
  /** As iptables-save has to print it; undefined where it has to be refused. */
  readonly text: string | undefined
  /** The text that it shares with all rules that say the same; where there is a text. */
  readonly compared?: string
  /** A text in it that tries to be more than one. */
  readonly hostile?: string
  /** The words of the same rule with `x` in place of that text. */
  readonly harmlessWords?: readonly string[]
}

const families = ['ipv4', 'ipv6'] as const

/** Rules to choose from. */
export class RulePool {
  readonly #rules: ReadonlyMap<string, readonly Rule[]>
  readonly #spelling: Spelling

  /** @param amount of each family */
  constructor(amount: number, seed: number, spelling: Spelling) {
    this.#spelling = spelling
    const rules = new Map<string, Rule[]>()
    for (const family of families)
      for (const { table, rule } of sampleRules({ family, ...spelling }, amount, seed)) {
        const key = `${family} ${table}`
        const list = rules.get(key)
        if (list === undefined) rules.set(key, [rule])
        else list.push(rule)
      }
    this.#rules = rules
  }

  /** A rule that the model accepts, most of the time with something hostile in it. */
  rule(chance: Chance, family: Family, table: string): NamedRule {
    const known = this.#rules.get(`${family} ${table}`) ?? []
    const plain: Rule =
      known.length === 0 ? { source: chance.one(sources[family]), target: 'RETURN' } : chance.one(known)
    if (chance.comes(0.5))
      return this.read(family, table, chance.comes(0.6) ? plain : this.#textOf(plain, family))
    const hostile = hostileText(chance)
    const make = chance.comes(0.8)
      ? (text: string) => withComment(plain, text)
      : (text: string) => logging(text)
    const named = this.read(family, table, make(hostile))
    const harmless = this.read(family, table, make('x'))
    if (named.text === undefined || harmless.text === undefined) return named
    return { ...named, hostile, harmlessWords: savedWords(harmless.text) }
  }

  /** What the library itself makes of a rule as a request has it. */
  read(family: Family, table: string, given: unknown): NamedRule {
    const context = { family, ...this.#spelling }
    try {
      const rule = typeof given === 'string' ? parseRule(given, context) : checkRule(given, context)
      return { family, table, given, text: renderRule(rule, context), compared: comparedText(rule, context) }
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      return { family, table, given, text: undefined }
    }
  }

  #textOf(rule: Rule, family: Family): string {
    return renderRule(rule, { family, ...this.#spelling })
  }
}

const sources = { ipv4: ['192.0.2.7', '198.51.100.0/24'], ipv6: ['2001:db8::7', '2001:db8:1::/48'] }

export function anyTable(chance: Chance): string {
  return chance.comes(0.7) ? 'filter' : chance.one(tableNames)
}

/** A comment behind the other matches. */
function withComment(rule: Rule, comment: string): unknown {
  const { matches } = rule
  const groups: readonly unknown[] = matches === undefined ? [] : Array.isArray(matches) ? matches : [matches]
  return { ...rule, matches: [...groups, { comment: { comment } }] }
}

function logging(prefix: string): unknown {
  return { protocol: 'udp', target: { LOG: { logPrefix: prefix } } }
}
