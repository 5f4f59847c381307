import fc from 'fast-check'
import { ChainmailError } from '../../packages/chainmail/src/errors.ts'
import { checkRule } from '../../packages/chainmail/src/model/check.ts'
import type { Extension, Option } from '../../packages/chainmail/src/model/extension.ts'
import { type Context, Refusal } from '../../packages/chainmail/src/model/kind.ts'
import { maskedNetwork } from '../../packages/chainmail/src/model/kinds/address.ts'
import { interfaceName } from '../../packages/chainmail/src/model/kinds/interface.ts'
import { protocol } from '../../packages/chainmail/src/model/kinds/protocol.ts'
import { matches } from '../../packages/chainmail/src/model/matches/index.ts'
import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import type { Rule } from '../../packages/chainmail/src/model/rule.ts'
import { targets } from '../../packages/chainmail/src/model/targets/index.ts'
import { valuesOf } from './values.ts'

/** A rule that the model accepts, and the table that it may stand in. */
export interface RandomRule {
  readonly table: string
  readonly rule: Rule
}

/** Which extensions are taken, and values that only the host can name, by `extension.option`. */
export interface Host {
  readonly lacks: ReadonlySet<string>
  readonly values: ReadonlyMap<string, fc.Arbitrary<unknown>>
  /** The only tables in which the kernel takes an option. */
  readonly tables: ReadonlyMap<string, readonly string[]>
}

type Options = Readonly<Record<string, unknown>>
type Choose = <Value>(arbitrary: fc.Arbitrary<Value>) => Value

/** How often a choice is made anew before its option or extension is left out. */
const ATTEMPTS = 20

/** Rules made of the extensions' own tables: their options, kinds, negation, company, protocols and tables. */
export function randomRules(context: Context, host: Host): fc.Arbitrary<RandomRule> {
  return fc.gen().map((generate) => {
    const pick: Choose = (arbitrary) => generate(() => arbitrary)
    return new RuleMaker(context, host, pick).make()
  })
}

class RuleMaker {
  readonly #context: Context
  readonly #host: Host
  readonly #pick: Choose

  constructor(context: Context, host: Host, pick: Choose) {
    this.#context = context
    this.#host = host
    this.#pick = pick
  }

  make(): RandomRule {
    for (;;) {
      const found = this.#attempt()
      if (found !== undefined) return found
    }
  }

  #attempt(): RandomRule | undefined {
    const target = this.#chance(0.8) ? this.#pick(fc.constantFrom(...this.#existing(targets))) : undefined
    const among = this.#existing(matches)
    const chosen = this.#pick(fc.array(fc.constantFrom(...among), { maxLength: 3 }))
    const extensions = [...chosen, ...(target === undefined ? [] : [target])]
    const table = this.#one(
      tableNames.filter((name) => extensions.every(({ tables }) => tables?.includes(name) ?? true)),
    )
    const protocolName = this.#protocol(extensions)
    if (table === undefined || protocolName === 'none') return undefined
    const input: Record<string, unknown> = {
      ...this.#base(),
      ...(protocolName === undefined ? {} : { protocol: protocolName }),
    }
    const ready = (extension: Extension, place: (options: Options) => Options): Options | undefined => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const options = this.#options(extension, table)
        const part = options === undefined ? undefined : place(options)
        if (part !== undefined && this.#accepted({ protocol: input.protocol, ...part }) !== undefined)
          return options
      }
      return undefined
    }
    const groups: Options[] = []
    for (const match of chosen) {
      const options = ready(match, (given) => ({ matches: { [match.name]: given } }))
      if (options !== undefined) groups.push({ [match.name]: options })
    }
    if (groups.length > 0) input.matches = groups
    if (target !== undefined) {
      const options = ready(target, (given) => ({ target: { [target.name]: given } }))
      if (options !== undefined) input.target = { [target.name]: options }
    } else if (this.#chance(0.5)) input[this.#chance(0.5) ? 'goto' : 'target'] = 'elsewhere'
    const rule = this.#accepted(input)
    return rule === undefined ? undefined : { table, rule }
  }

  #existing(extensions: readonly Extension[]): readonly Extension[] {
    const { family } = this.#context
    return extensions.filter(
      ({ name, families }) => (families?.includes(family) ?? true) && !this.#host.lacks.has(name),
    )
  }

  /** A protocol that every extension may stand beside; `'none'` if there is no such. */
  #protocol(extensions: readonly Extension[]): unknown {
    const wanted = extensions.flatMap(({ protocols }) => (protocols === undefined ? [] : [protocols]))
    const [first] = wanted
    if (first !== undefined)
      return this.#one(first.filter((name) => wanted.every((names) => names.includes(name)))) ?? 'none'
    if (this.#chance(0.3)) return this.#pick(fc.constantFrom('tcp', 'udp', 'sctp', 'dccp'))
    if (this.#chance(0.5)) return undefined
    return this.#value('protocol', { kind: protocol, negatable: true })
  }

  #base(): Options {
    const base: Record<string, unknown> = {}
    const members = [
      ['source', maskedNetwork],
      ['destination', maskedNetwork],
      ['inInterface', interfaceName],
      ['outInterface', interfaceName],
    ] as const
    for (const [key, kind] of members)
      if (this.#chance(0.2)) base[key] = this.#value(key, { kind, negatable: true })
    if (this.#context.family === 'ipv4' && this.#chance(0.1))
      base.fragment = this.#chance(0.5) ? true : { not: true }
    return base
  }

  /** Options of an extension that may stand together, or undefined where none were found. */
  #options(extension: Extension, table: string): Options | undefined {
    const entries = Object.entries(extension.options).filter(([key]) =>
      this.#standsIn(table, `${extension.name}.${key}`),
    )
    const wanted = new Map<string, Option>()
    const add = (key: string, option: Option): void => {
      const clash = [...wanted].some(
        ([other, { excludes }]) =>
          option.excludes?.includes(other) === true || excludes?.includes(key) === true,
      )
      if (clash || wanted.has(key)) return
      wanted.set(key, option)
      for (const [other, needed] of entries) if (option.needs?.includes(other) === true) add(other, needed)
    }
    const shuffled = this.#pick(fc.shuffledSubarray(entries, { minLength: entries.length }))
    for (const [key, option] of shuffled) if (option.required === true) add(key, option)
    const share = this.#pick(fc.constantFrom(0.1, 0.35, 0.8))
    for (const [key, option] of shuffled) if (this.#chance(share)) add(key, option)
    const options: Record<string, unknown> = {}
    for (const [key, option] of wanted) {
      const value = this.#value(`${extension.name}.${key}`, option)
      if (value === undefined) return undefined
      options[key] = value
    }
    return options
  }

  #standsIn(table: string, option: string): boolean {
    const { lacks, tables } = this.#host
    return !lacks.has(option) && (tables.get(option)?.includes(table) ?? true)
  }

  /** A value that its kind takes, negated at times where it may be. */
  #value(place: string, { kind, negatable }: Pick<Option, 'kind' | 'negatable'>): unknown {
    const values = this.#host.values.get(place) ?? valuesOf(kind, this.#context)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const value = this.#pick(values)
      if (this.#takes(kind, value)) return negatable === true && this.#chance(0.3) ? { not: value } : value
    }
    return undefined
  }

  #takes(kind: Option['kind'], value: unknown): boolean {
    try {
      kind.check(value, this.#context)
      return true
    } catch (error) {
      if (error instanceof Refusal || error instanceof ChainmailError) return false
      throw error
    }
  }

  #accepted(input: unknown): Rule | undefined {
    try {
      return checkRule(input, this.#context)
    } catch (error) {
      if (error instanceof ChainmailError) return undefined
      throw error
    }
  }

  #one(names: readonly string[]): string | undefined {
    return names.length === 0 ? undefined : this.#pick(fc.constantFrom(...names))
  }

  #chance(share: number): boolean {
    return this.#pick(fc.integer({ min: 0, max: 999 })) < share * 1000
  }
}
