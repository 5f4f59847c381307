import { comparedText } from '../../model/equality.ts'
import type { Context } from '../../model/kind.ts'
import { builtInChainsOf } from '../../model/names/tables.ts'
import type { Rule } from '../../model/rule.ts'
import { renderRule } from '../../text/render-rule.ts'
import { type ListedChain, type ListedTable, type ListedText, ruleOf } from '../plan/listing.ts'
import type { Operation } from '../rules/operation.ts'

/** A rule as it will be: one of those that are there, by its place among them, or a new one. */
export interface ForeseenRule extends ListedText {
  /** Counted from 0. */
  readonly from?: number
}

export interface ForeseenChain {
  readonly name: string
  readonly policy?: string
  readonly rules: readonly ForeseenRule[]
}

/** The chains of a table by their names; those that the kernel has from the beginning are there in any case. */
export function chainsOf(table: string, listed: ListedTable | undefined): ReadonlyMap<string, ListedChain> {
  const chains = new Map<string, ListedChain>(
    builtInChainsOf(table).map((name) => [name, { name, policy: 'ACCEPT', rules: [] }]),
  )
  for (const chain of listed?.chains ?? []) chains.set(chain.name, chain)
  return chains
}

/**
 * What some operations make of chains, without a kernel: those that they touch, as they will be; undefined for one
 * that will be gone. What the kernel would refuse is not noticed here.
 */
export function foresee(
  operations: readonly Operation[],
  chains: ReadonlyMap<string, ListedChain>,
  context: Context,
): ReadonlyMap<string, ForeseenChain | undefined> {
  const drafts = new Map<string, Draft | undefined>()
  const draftOf = (name: string): Draft => {
    const known = drafts.get(name)
    if (known !== undefined) return known
    const draft = new Draft(chains.get(name), context)
    drafts.set(name, draft)
    return draft
  }
  for (const operation of operations) {
    if (operation.do === 'remove') drafts.set(operation.chain, undefined)
    else if (operation.do === 'create') drafts.set(operation.chain, new Draft(undefined, context))
    else draftOf(operation.chain).change(operation)
  }
  return new Map(Array.from(drafts, ([name, draft]) => [name, draft?.chain(name)]))
}

type ChainChange = Exclude<Operation, { readonly do: 'create' | 'remove' }>

class Draft {
  #policy: string | undefined
  #rules: ForeseenRule[]
  readonly #context: Context

  constructor(chain: ListedChain | undefined, context: Context) {
    this.#policy = chain?.policy
    this.#rules = (chain?.rules ?? []).map((rule, from) => ({ ...rule, from }))
    this.#context = context
  }

  change(operation: ChainChange): void {
    switch (operation.do) {
      case 'flush':
        this.#rules = []
        break
      case 'policy':
        this.#policy = operation.policy
        break
      case 'append':
        this.#rules.push(this.#written(operation.rule))
        break
      case 'insert':
        this.#rules.splice(operation.position - 1, 0, this.#written(operation.rule))
        break
      case 'replace':
        this.#rules.splice(operation.position - 1, 1, this.#written(operation.rule))
        break
      case 'delete': {
        const at = typeof operation.rule === 'number' ? operation.rule - 1 : this.#find(operation.rule)
        if (at >= 0) this.#rules.splice(at, 1)
      }
    }
  }

  chain(name: string): ForeseenChain {
    const policy = this.#policy
    return { name, ...(policy === undefined ? {} : { policy }), rules: this.#rules }
  }

  #written({ counters, ...rule }: Rule): ForeseenRule {
    const text = renderRule(rule, this.#context)
    return counters === undefined ? { text } : { text, counters }
  }

  #find(rule: Rule): number {
    const { text } = this.#written(rule)
    const wanted = comparedText(rule, this.#context)
    return this.#rules.findIndex(
      (known) => known.text === text || comparedTextOf(known.text, this.#context) === wanted,
    )
  }
}

/** By which a rule is known again, however it was spelled. */
export function comparedTextOf(text: string, context: Context): string {
  return comparedText(ruleOf({ text }, context), context)
}
