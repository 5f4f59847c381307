import type { CreateOptions, EntryRequest, Family } from '@chainmail/kernel'
import { checkNewSetName } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type Context, shown } from '../../model/kind.ts'
import { isBuiltIn, isTableName, tableNames } from '../../model/names/tables.ts'
import type { Rule, RuleInput } from '../../model/rule.ts'
import type { Spelling } from '../../model/version.ts'
import { parseRule } from '../../text/parse-rule.ts'
import { renderRule } from '../../text/render-rule.ts'
import { isOwnedName, OWNED_PREFIX } from '../ownership.ts'
import { checkChainName, type Place } from '../rules/operation.ts'
import { readRule } from '../rules/rule-input.ts'
import { createOptionsOf, entryOf, type SetEntryOptions, type SetOptions } from '../sets/set.ts'
import { located } from './located.ts'
import { checkOwner, DEFAULT_OWNER, Marker } from './marker.ts'

/**
 * What a part of the firewall should be.
 *
 * What is named is made so, and nothing else is touched: a chain that is not named stays as it is, and so do the
 * rules of others in a chain that is named, unless the chain is `exact` or the scope is the whole table.
 */
export interface DesiredInput {
  /** Whose state it is: several programs may each have one, and none touches what belongs to another. */
  readonly owner?: string
  /** `named`: only the chains that are named. `table`: the named tables as a whole, foreign chains and rules removed. */
  readonly scope?: PlanScope
  readonly tables?: readonly DesiredTableInput[]
  readonly sets?: Readonly<Record<string, DesiredSetInput>>
}

export type PlanScope = 'named' | 'table'

export interface DesiredTableInput {
  /** `filter` if not said. */
  readonly table?: string
  /** `ipv4` if not said. */
  readonly family?: Family
  readonly chains: Readonly<Record<string, DesiredChainInput | RuleSource>>
}

/** Rules as data or in iptables' own words, at hand or as they come from a database. */
export type RuleSource = Iterable<RuleInput | string> | AsyncIterable<RuleInput | string>

export interface DesiredChainInput {
  /** Of a built-in chain; left as it is if not said. */
  readonly policy?: 'ACCEPT' | 'DROP'
  /** Left as they are if not said. What a rule has counted is no wish, and not looked at. */
  readonly rules?: RuleSource
  /** Takes out what others have put into the chain. */
  readonly exact?: boolean
  /** Where rules go that find none of their own in a chain of others: behind them if not said. */
  readonly at?: 'end' | 'head'
  /** The chain should not be there. */
  readonly absent?: boolean
}

/** What the set is created with; of one that is there only the options that are said are looked at. */
export interface DesiredSetInput extends Partial<SetOptions> {
  /**
   * Exactly these; left as they are if not said. A timeout is for a new entry: that of one which is there runs on.
   */
  readonly entries?: Iterable<DesiredEntryInput> | AsyncIterable<DesiredEntryInput>
  /** The set should not be there. */
  readonly absent?: boolean
}

export type DesiredEntryInput = string | (SetEntryOptions & { readonly element: string })

/** A desired state that was read to its end, with every value checked. */
export interface DesiredState {
  readonly owner: string
  readonly scope: PlanScope
  /** Whether chains that are created become the owner's; they do unless this is false. */
  readonly registers?: boolean
  /** What the texts of the rules are like; those of iptables 1.8.9 if not said. */
  readonly spelling?: Spelling
  readonly tables: readonly DesiredTable[]
  readonly sets: readonly DesiredSet[]
}

export interface DesiredTable {
  readonly place: Place
  readonly chains: ReadonlyMap<string, DesiredChain>
}

export interface DesiredChain {
  readonly name: string
  readonly policy?: string
  readonly rules?: readonly DesiredRule[]
  readonly exact: boolean
  readonly at: 'end' | 'head'
  readonly absent: boolean
}

export interface DesiredRule {
  readonly rule: Rule
  /** Canonical. */
  readonly text: string
}

export type DesiredSet =
  | { readonly name: string; readonly absent: true }
  | {
      readonly name: string
      readonly absent: false
      readonly type: string
      readonly options: CreateOptions
      readonly entries?: readonly EntryRequest[]
    }

/**
 * Reads a desired state to its end.
 *
 * @param spelling of the host that it is for; that of iptables 1.8.9 if not said
 * @throws ChainmailError with the path of the member at fault; InputError `bad-set-name`
 */
export async function readDesired(input: DesiredInput, spelling: Spelling = {}): Promise<DesiredState> {
  const { scope = 'named', tables = [], sets = {} } = input
  const owner = checkOwner(input.owner ?? DEFAULT_OWNER)
  if (scope !== 'named' && scope !== 'table')
    throw wrong('scope', `${shown(scope)} is no scope; named and table are`)
  const reader = new DesiredReader(owner, spelling)
  for (const [index, table] of tables.entries()) await reader.table(table, `tables[${index}]`)
  for (const [name, set] of Object.entries(sets)) await reader.set(name, set)
  return { owner, scope, spelling, tables: [...reader.tables.values()], sets: reader.sets }
}

/** Whether a desired state was read already. */
export function isDesiredState(desired: DesiredInput | DesiredState): desired is DesiredState {
  return Array.isArray(desired.sets)
}

class DesiredReader {
  readonly tables = new Map<string, { place: Place; chains: Map<string, DesiredChain> }>()
  readonly sets: DesiredSet[] = []
  readonly #marker: Marker
  readonly #spelling: Spelling

  constructor(owner: string, spelling: Spelling) {
    this.#marker = new Marker(owner)
    this.#spelling = spelling
  }

  async table({ table = 'filter', family = 'ipv4', chains }: DesiredTableInput, path: string): Promise<void> {
    if (!isTableName(table))
      throw new ChainmailError(
        'table-unknown',
        `${path}.table: there is no table ${shown(table)}; there are ${tableNames.join(', ')}.`,
        { path: `${path}.table` },
      )
    if (family !== 'ipv4' && family !== 'ipv6')
      throw wrong(`${path}.family`, `${shown(family)} is no family; ipv4 and ipv6 are`)
    const key = `${family} ${table}`
    const known = this.tables.get(key) ?? { place: { table, family }, chains: new Map() }
    this.tables.set(key, known)
    for (const [name, chain] of Object.entries(chains)) {
      const chainPath = `${path}.chains.${name}`
      if (known.chains.has(name)) throw wrong(chainPath, `the chain is named a second time`)
      known.chains.set(name, await this.#chain(name, chain, known.place, chainPath))
    }
  }

  async set(name: string, { type, entries, absent = false, ...options }: DesiredSetInput): Promise<void> {
    const path = `sets.${name}`
    checkNewSetName(name)
    if (isOwnedName(name))
      throw new ChainmailError(
        'bad-name',
        `${path}: sets whose names begin with ${OWNED_PREFIX} are chainmail's own.`,
        {
          path,
        },
      )
    if (absent) {
      this.sets.push({ name, absent })
      return
    }
    if (type === undefined) throw wrong(`${path}.type`, 'a set needs a type, such as hash:net')
    const known = { name, absent, type, options: createOptionsOf({ type, ...options }) }
    if (entries === undefined) {
      this.sets.push(known)
      return
    }
    const read: EntryRequest[] = []
    for await (const entry of entries) read.push(requestOf(entry))
    this.sets.push({ ...known, entries: read })
  }

  async #chain(
    name: string,
    input: DesiredChainInput | RuleSource,
    place: Place,
    path: string,
  ): Promise<DesiredChain> {
    checkChainName(name)
    if (isOwnedName(name))
      throw new ChainmailError('bad-name', `${path}: names that begin with chainmail- are chainmail's own.`, {
        path,
      })
    const {
      policy,
      rules,
      exact = false,
      at = 'end',
      absent = false,
    } = isSource(input) ? { rules: input } : input
    const builtIn = isBuiltIn(place.table, name)
    if (absent && builtIn)
      throw new ChainmailError(
        'chain-built-in',
        `${path}: the kernel's own chain ${name} cannot be absent.`,
        {
          path,
        },
      )
    if (policy !== undefined && !builtIn)
      throw wrong(`${path}.policy`, `only the kernel's own chains have a policy`)
    if (policy !== undefined && policy !== 'ACCEPT' && policy !== 'DROP')
      throw wrong(`${path}.policy`, `${shown(policy)} is no policy; ACCEPT and DROP are`)
    const known = { name, exact, at, absent, ...(policy === undefined ? {} : { policy }) }
    return rules === undefined || absent ? known : { ...known, rules: await this.#rules(rules, place, path) }
  }

  async #rules(source: RuleSource, place: Place, path: string): Promise<readonly DesiredRule[]> {
    const rules: DesiredRule[] = []
    if (Symbol.asyncIterator in source)
      for await (const input of source) rules.push(this.#rule(input, place, path, rules.length))
    else for (const input of source) rules.push(this.#rule(input, place, path, rules.length))
    return rules
  }

  #rule(input: RuleInput | string, place: Place, path: string, index: number): DesiredRule {
    return located(`${path}.rules[${index}]`, () => {
      const context = { ...place, ...this.#spelling }
      const { counters: _, ...rule } = readRule(input, context)
      return this.unmarked({ rule, text: renderRule(rule, context) }, context)
    })
  }

  /** A rule that was read back from a kernel bears the mark already. */
  unmarked(desired: DesiredRule, context: Context): DesiredRule {
    const text = this.#marker.strip(desired.text)
    return text === undefined ? desired : { rule: parseRule(text, context), text }
  }
}

function isSource(input: DesiredChainInput | RuleSource): input is RuleSource {
  return Symbol.iterator in input || Symbol.asyncIterator in input
}

function requestOf(entry: DesiredEntryInput): EntryRequest {
  if (typeof entry === 'string') return { element: entry }
  const { element, ...options } = entry
  return entryOf(element, options)
}

function wrong(path: string, what: string): ChainmailError {
  return new ChainmailError('bad-request', `${path}: ${what}.`, { path })
}
