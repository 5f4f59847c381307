import { ChainmailError } from '../../errors.ts'
import { type Context, shown } from '../../model/kind.ts'
import { isBuiltIn } from '../../model/names/tables.ts'
import { refuseChain } from '../../model/placement.ts'
import { findTarget } from '../../model/registry.ts'
import type { Counters, Rule } from '../../model/rule.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Table } from '../save.ts'
import { sortedChains } from './chain-order.ts'
import type { Command } from './command.ts'

const NOTHING = { packets: 0, bytes: 0 }

/** A chain that commands change in place. */
export interface ChangingChain {
  readonly name: string
  policy: string | undefined
  counters: Counters
  rules: ListedRule[]
}

/**
 * A table that commands change in place. What a command would be refused for is found before anything is changed, so
 * that it is done whole or not at all; an append costs what the rule costs, however long the chain is.
 */
export class ChangingTable {
  readonly #name: string
  readonly #chains: Map<string, ChangingChain>

  /** @param chains the table's chains by their names, which the commands change */
  constructor(name: string, chains: Map<string, ChangingChain>) {
    this.#name = name
    this.#chains = chains
  }

  /** A copy of a table, to be changed. */
  static of({ name, chains }: Table): ChangingTable {
    return new ChangingTable(name, new Map(chains.map((chain) => [chain.name, changing(chain)])))
  }

  /** The table as it is now. */
  table(): Table {
    const chains = Array.from(this.#chains.values(), (chain) => ({
      ...settled(chain),
      rules: [...chain.rules],
    }))
    return { name: this.#name, chains: sortedChains(this.#name, chains) }
  }

  /** @throws ChainmailError what iptables would refuse the command for */
  apply(command: Command): void {
    const context = { family: command.family }
    switch (command.operation) {
      case 'append':
        this.#refuseRules(command.rules, command.chain, context)
        this.#chain(command.chain).rules.push(...listed(command.rules, context))
        break
      case 'insert':
        this.#refuseRules(command.rules, command.chain, context)
        this.#insert(command.chain, command.number, listed(command.rules, context))
        break
      case 'replace':
        this.#refuseRules([command.rule], command.chain, context)
        this.#splice(command.chain, command.number, listed([command.rule], context))
        break
      case 'delete-number':
        this.#splice(command.chain, command.number, [])
        break
      case 'delete':
        this.#delete(command.chain, command.rules, context)
        break
      case 'check':
        for (const rule of command.rules) position(this.#chain(command.chain).rules, rule, context)
        break
      case 'flush':
        for (const chain of this.#named(command.chain)) chain.rules = []
        break
      case 'zero':
        this.#zero(command.chain, command.number)
        break
      case 'new-chain':
        this.#refuseTaken(command.chain)
        this.#chains.set(command.chain, changing({ name: command.chain, counters: NOTHING, rules: [] }))
        break
      case 'delete-chain':
        this.#deleteChains(command.chain)
        break
      case 'rename-chain':
        this.#rename(command.chain, command.to, context)
        break
      case 'policy':
        this.#setPolicy(command.chain, command.policy)
        break
      case 'list':
      case 'list-rules':
        if (command.zero === true) this.#zero(command.chain, command.number)
        else this.#named(command.chain)
    }
  }

  #chain(name: string, path = 'chain'): ChangingChain {
    const chain = this.#chains.get(name)
    if (chain !== undefined) return chain
    throw new ChainmailError('chain-not-found', `The table ${this.#name} has no chain ${shown(name)}.`, {
      path,
    })
  }

  /** The chain of this name, or all of them. */
  #named(name: string | undefined): Iterable<ChangingChain> {
    return name === undefined ? this.#chains.values() : [this.#chain(name)]
  }

  /** As iptables inserts them: each at the number, so that the last one ends up first. */
  #insert(name: string, number: number, added: readonly ListedRule[]): void {
    const { rules } = this.#chain(name)
    if (number > rules.length + 1) throw tooBig(number, rules)
    rules.splice(number - 1, 0, ...added.toReversed())
  }

  #splice(name: string, number: number, instead: readonly ListedRule[]): void {
    const { rules } = this.#chain(name)
    if (number > rules.length) throw tooBig(number, rules)
    rules.splice(number - 1, 1, ...instead)
  }

  #delete(name: string, rules: readonly Rule[], context: Context): void {
    const chain = this.#chain(name)
    const left = [...chain.rules]
    for (const rule of rules) left.splice(position(left, rule, context), 1)
    chain.rules = left
  }

  #zero(name: string | undefined, number: number | undefined): void {
    if (name === undefined || number === undefined) {
      for (const chain of this.#named(name)) {
        chain.counters = NOTHING
        chain.rules = chain.rules.map(withoutCount)
      }
      return
    }
    const { rules } = this.#chain(name)
    const rule = rules[number - 1]
    if (rule === undefined) throw tooBig(number, rules)
    rules[number - 1] = withoutCount(rule)
  }

  #refuseTaken(name: string): void {
    if (this.#chains.has(name))
      throw new ChainmailError('chain-exists', `The table has a chain ${shown(name)} already.`, {
        path: 'chain',
      })
  }

  #refuseBuiltIn(name: string, what: string): void {
    if (!isBuiltIn(this.#name, name)) return
    const message = `The chain ${name} belongs to the kernel: it cannot be ${what}.`
    throw new ChainmailError('chain-built-in', message, { path: 'chain' })
  }

  #deleteChains(name: string | undefined): void {
    if (name !== undefined) {
      this.#chain(name)
      this.#refuseBuiltIn(name, 'deleted')
    }
    const leaving =
      name === undefined ? [...this.#chains.keys()].filter((one) => !isBuiltIn(this.#name, one)) : [name]
    this.#refuseBusy(new Set(leaving))
    for (const one of leaving) this.#chains.delete(one)
  }

  #refuseBusy(leaving: ReadonlySet<string>): void {
    for (const { name, rules } of this.#chains.values()) {
      if (leaving.has(name) && rules.length > 0) throw busy(name, 'still holds rules')
      const wanted = rules.map(chainOf).find((chain) => chain !== undefined && leaving.has(chain))
      if (wanted !== undefined) throw busy(wanted, 'is still jumped to')
    }
  }

  #rename(from: string, to: string, context: Context): void {
    const chain = this.#chain(from)
    this.#refuseBuiltIn(from, 'renamed')
    this.#refuseTaken(to)
    this.#chains.delete(from)
    this.#chains.set(to, { ...chain, name: to })
    const follow = (rule: ListedRule): ListedRule => {
      if (chainOf(rule) !== from) return rule
      const renamed = rule.goto === from ? { ...rule, goto: to } : { ...rule, target: to }
      return { ...renamed, text: renderRule(renamed, context) }
    }
    for (const one of this.#chains.values()) one.rules = one.rules.map(follow)
  }

  #setPolicy(name: string, policy: string): void {
    const chain = this.#chain(name)
    const wrong =
      chain.policy === undefined
        ? `the chain ${shown(name)} is not the kernel's, so it has no policy`
        : this.#name === 'nat' && policy === 'DROP'
          ? 'the table nat is not for filtering; it takes no policy DROP'
          : undefined
    if (wrong !== undefined) throw new ChainmailError('bad-command', `-P: ${wrong}.`, { path: '-P' })
    chain.policy = policy
  }

  /**
   * The rules must be taken in the chain; what they jump to has to exist, must not be the kernel's own, and must not
   * lead back.
   */
  #refuseRules(rules: readonly Rule[], chain: string, { family }: Context): void {
    this.#chain(chain)
    for (const rule of rules) {
      refuseChain(rule, this.#name, chain, { family })
      const target = chainOf(rule)
      if (target === undefined || (rule.goto === undefined && findTarget(target, family) !== undefined))
        continue
      const path = rule.goto === undefined ? 'target' : 'goto'
      this.#chain(target, path)
      this.#refuseBuiltIn(target, 'jumped to')
      if (this.#reaches(target, chain))
        throw new ChainmailError('chain-loop', `${shown(target)} leads back to ${shown(chain)}.`, { path })
    }
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from])
    for (const name of seen) {
      if (name === to) return true
      for (const rule of this.#chains.get(name)?.rules ?? []) {
        const next = chainOf(rule)
        if (next !== undefined) seen.add(next)
      }
    }
    return false
  }
}

/** The chain as it is now; its rules are not copied. */
export function settled({ name, policy, counters, rules }: ChangingChain): Chain {
  return policy === undefined ? { name, counters, rules } : { name, policy, counters, rules }
}

function changing({ name, policy, counters, rules }: Chain): ChangingChain {
  return { name, policy, counters, rules: [...rules] }
}

function listed(rules: readonly Rule[], context: Context): readonly ListedRule[] {
  return rules.map((rule) => ({ ...rule, text: renderRule(rule, context) }))
}

/** Where the first equal rule stands; counters do not count. */
function position(rules: readonly Rule[], rule: Rule, context: Context): number {
  const wanted = renderRule(rule, context)
  const found = rules.findIndex((one) => renderRule(one, context) === wanted)
  if (found !== -1) return found
  throw new ChainmailError('rule-not-found', `The chain has no rule ${shown(wanted)}.`, { path: 'rules' })
}

function tooBig(number: number, { length }: readonly Rule[]): ChainmailError {
  const message = `The chain has ${length} rules, and the command names number ${number}.`
  return new ChainmailError('index-too-big', message, { path: 'number' })
}

function busy(chain: string, what: string): ChainmailError {
  return new ChainmailError('chain-busy', `The chain ${shown(chain)} ${what}.`, { path: 'chain' })
}

/** The name behind `-j` or `-g`; a target with options leads nowhere. */
function chainOf({ target, goto }: Rule): string | undefined {
  return goto ?? (typeof target === 'string' ? target : undefined)
}

function withoutCount(rule: ListedRule): ListedRule {
  return rule.counters === undefined ? rule : { ...rule, counters: NOTHING }
}
