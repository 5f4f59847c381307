import type { EntryRequest, Family } from '@chainmail/kernel'
import type { Context } from '../../model/kind.ts'
import type { Literal } from '../../model/literals.ts'
import type { RuleInput } from '../../model/rule.ts'
import type { Spelling } from '../../model/version.ts'
import { checkChainName, checkPosition, type Operation, type Place } from '../rules/operation.ts'
import { readRule } from '../rules/rule-input.ts'
import { createOptionsOf, entryOf, type SetEntryOptions, type SetOptions } from '../sets/set.ts'
import type { SetOperation } from '../sets/set-operation.ts'

/** Which table of which family; `filter` and `ipv4` if not said. */
export interface PlaceOptions {
  readonly table?: string
  readonly family?: Family
}

/** What has to change in one table. */
export interface TableChange {
  readonly place: Place
  readonly operations: Operation[]
}

/**
 * Collects changes of chains, rules and sets. Nothing reaches the kernel before the transaction is run; every value
 * is checked at once, so that a mistake throws where it stands.
 */
export class Transaction {
  readonly tables: TableChange[] = []
  readonly sets: SetOperation[] = []
  readonly #spelling: Spelling

  /** @param spelling of the iptables that the rules are for */
  constructor(spelling: Spelling = {}) {
    this.#spelling = spelling
  }

  createChain(name: string, place?: PlaceOptions): void {
    this.#operations(place).push({ do: 'create', chain: checkChainName(name) })
  }

  /** Takes out every rule of the chain. */
  flushChain(name: string, place?: PlaceOptions): void {
    this.#operations(place).push({ do: 'flush', chain: checkChainName(name) })
  }

  removeChain(name: string, place?: PlaceOptions): void {
    this.#operations(place).push({ do: 'remove', chain: checkChainName(name) })
  }

  append<const R extends RuleInput>(
    chain: string,
    rule: string | (R & Literal<R>),
    place?: PlaceOptions,
  ): void {
    this.#operations(place).push({
      do: 'append',
      chain: checkChainName(chain),
      rule: readRule(rule, this.#contextOf(place)),
    })
  }

  /** Puts the rule before the one that has the number `position`; at the head of the chain if not said. */
  insert<const R extends RuleInput>(
    chain: string,
    rule: string | (R & Literal<R>),
    options: PlaceOptions & { readonly position?: number } = {},
  ): void {
    this.#operations(options).push({
      do: 'insert',
      chain: checkChainName(chain),
      position: checkPosition(options.position ?? 1),
      rule: readRule(rule, this.#contextOf(options)),
    })
  }

  /** Takes out the first equal rule, or the rule with this number. */
  delete<const R extends RuleInput>(
    chain: string,
    rule: number | string | (R & Literal<R>),
    place?: PlaceOptions,
  ): void {
    const named = typeof rule === 'number' ? checkPosition(rule) : readRule(rule, this.#contextOf(place))
    this.#operations(place).push({ do: 'delete', chain: checkChainName(chain), rule: named })
  }

  /** Puts the rule in the place of the one that has the number `position`. */
  replace<const R extends RuleInput>(
    chain: string,
    position: number,
    rule: string | (R & Literal<R>),
    place?: PlaceOptions,
  ): void {
    this.#operations(place).push({
      do: 'replace',
      chain: checkChainName(chain),
      position: checkPosition(position),
      rule: readRule(rule, this.#contextOf(place)),
    })
  }

  createSet(name: string, options: SetOptions): void {
    this.sets.push({ do: 'create', set: name, type: options.type, options: createOptionsOf(options) })
  }

  destroySet(name: string): void {
    this.sets.push({ do: 'destroy', set: name })
  }

  /** Takes out every entry. */
  flushSet(name: string): void {
    this.sets.push({ do: 'flush', set: name })
  }

  /** Adds an entry; one that is there gets timeout, counters and comment anew. */
  addEntry(set: string, element: string, options: SetEntryOptions = {}): void {
    const entry: EntryRequest = entryOf(element, options)
    this.sets.push({ do: 'add', set, entry })
  }

  /** Takes an entry out; `exists: 'ignore'` lets it be missing. */
  deleteEntry(
    set: string,
    element: string,
    { exists = 'fail' }: { readonly exists?: 'ignore' | 'fail' } = {},
  ): void {
    this.sets.push({ do: 'delete', set, element, exists })
  }

  #contextOf(options?: PlaceOptions): Context {
    return { ...placeOf(options), ...this.#spelling }
  }

  #operations(options?: PlaceOptions): Operation[] {
    const place = placeOf(options)
    const known = this.tables.find(
      (change) => change.place.table === place.table && change.place.family === place.family,
    )
    if (known !== undefined) return known.operations
    const operations: Operation[] = []
    this.tables.push({ place, operations })
    return operations
  }
}

export function placeOf({ table = 'filter', family = 'ipv4' }: PlaceOptions = {}): Place {
  return { table, family }
}
