import { ChainmailError } from '../../errors.ts'
import { type Context, shown } from '../../model/kind.ts'
import { builtInChainsOf, isBuiltIn, isTableName } from '../../model/names/tables.ts'
import { findTarget } from '../../model/registry.ts'
import type { Rule } from '../../model/rule.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Table } from '../save.ts'
import type { Command } from './command.ts'

const NOTHING = { packets: 0, bytes: 0 }

/**
 * The tables as they are after the command; those that it does not change are the same objects. A table of the
 * kernel's that is not among them is taken as one that nothing has used yet. Commands that only look, `-C`, `-L`
 * and `-S`, return the tables or throw what iptables would answer.
 *
 * @throws ChainmailError `table-unknown`, `chain-not-found`, `chain-exists`, `chain-busy`, `chain-built-in`,
 * `chain-loop`, `rule-not-found` or `index-too-big`
 */
export function applyCommand(tables: readonly Table[], command: Command): readonly Table[] {
  const found = tables.find(({ name }) => name === command.table)
  if (found === undefined && !isTableName(command.table))
    throw new ChainmailError('table-unknown', `There is no table ${shown(command.table)}.`, { path: 'table' })
  const before = found ?? unusedTable(command.table)
  const after = new ChangedTable(before, command).chains()
  if (after === before.chains) return tables
  const table = { name: before.name, chains: after }
  return found === undefined ? [...tables, table] : tables.map((one) => (one === found ? table : one))
}

/** A table as the kernel makes it when it is first used. */
export function unusedTable(name: string): Table {
  const chains = builtInChainsOf(name).map((chain) => ({
    name: chain,
    policy: 'ACCEPT',
    counters: NOTHING,
    rules: [],
  }))
  return { name, chains }
}

class ChangedTable {
  readonly #table: Table
  readonly #command: Command
  readonly #context: Context

  constructor(table: Table, command: Command) {
    this.#table = table
    this.#command = command
    this.#context = { family: command.family }
  }

  chains(): readonly Chain[] {
    const command = this.#command
    const { chains } = this.#table
    switch (command.operation) {
      case 'append':
        this.#refuseTargets(command.rules, command.chain)
        return this.#withRules(command.chain, (rules) => [...rules, ...command.rules.map(this.#listed)])
      case 'insert':
        this.#refuseTargets(command.rules, command.chain)
        return this.#withRules(command.chain, (rules) => this.#inserted(rules, command.number, command.rules))
      case 'replace':
        this.#refuseTargets([command.rule], command.chain)
        return this.#withRules(command.chain, (rules) =>
          rules.with(this.#index(rules, command.number), this.#listed(command.rule)),
        )
      case 'delete-number':
        return this.#withRules(command.chain, (rules) =>
          rules.toSpliced(this.#index(rules, command.number), 1),
        )
      case 'delete':
        return this.#withRules(command.chain, (rules) =>
          command.rules.reduce(
            (left: readonly ListedRule[], rule) => left.toSpliced(this.#position(left, rule), 1),
            rules,
          ),
        )
      case 'check': {
        const { rules } = this.#chain(command.chain)
        for (const rule of command.rules) this.#position(rules, rule)
        return chains
      }
      case 'flush':
        return this.#each(command.chain, (chain) => ({ ...chain, rules: [] }))
      case 'zero':
        return this.#zeroed(command.chain, command.number)
      case 'new-chain':
        this.#refuseTaken(command.chain)
        return sortedChains(this.#table.name, [
          ...chains,
          { name: command.chain, counters: NOTHING, rules: [] },
        ])
      case 'delete-chain':
        return this.#withoutChain(command.chain)
      case 'rename-chain':
        return this.#renamed(command.chain, command.to)
      case 'policy':
        return this.#withPolicy(command.chain, command.policy)
      case 'list':
      case 'list-rules':
        if (command.chain !== undefined) this.#chain(command.chain)
        return command.zero === true ? this.#zeroed(command.chain, command.number) : chains
    }
  }

  #chain(name: string, path = 'chain'): Chain {
    const chain = this.#table.chains.find((one) => one.name === name)
    if (chain === undefined)
      throw new ChainmailError(
        'chain-not-found',
        `The table ${this.#table.name} has no chain ${shown(name)}.`,
        { path },
      )
    return chain
  }

  /** The chains with one of them, or each, changed. */
  #each(name: string | undefined, change: (chain: Chain) => Chain): readonly Chain[] {
    const only = name === undefined ? undefined : this.#chain(name)
    return this.#table.chains.map((chain) => (only === undefined || chain === only ? change(chain) : chain))
  }

  #withRules(
    name: string,
    change: (rules: readonly ListedRule[]) => readonly ListedRule[],
  ): readonly Chain[] {
    return this.#each(name, (chain) => ({ ...chain, rules: change(chain.rules) }))
  }

  readonly #listed = (rule: Rule): ListedRule => ({ ...rule, text: renderRule(rule, this.#context) })

  /** The rules as iptables inserts them: each at the number, so that the last one ends up first. */
  #inserted(rules: readonly ListedRule[], number: number, added: readonly Rule[]): readonly ListedRule[] {
    if (number > rules.length + 1) throw this.#tooBig(number, rules)
    return rules.toSpliced(number - 1, 0, ...added.map(this.#listed).toReversed())
  }

  #index(rules: readonly Rule[], number: number): number {
    if (number > rules.length) throw this.#tooBig(number, rules)
    return number - 1
  }

  #tooBig(number: number, rules: readonly Rule[]): ChainmailError {
    return new ChainmailError(
      'index-too-big',
      `The chain has ${rules.length} rules, and the command names number ${number}.`,
      { path: 'number' },
    )
  }

  /** Where the first equal rule stands; counters do not count. */
  #position(rules: readonly Rule[], rule: Rule): number {
    const wanted = renderRule(rule, this.#context)
    const position = rules.findIndex((one) => renderRule(one, this.#context) === wanted)
    if (position === -1)
      throw new ChainmailError('rule-not-found', `The chain has no rule ${shown(wanted)}.`, { path: 'rules' })
    return position
  }

  #zeroed(name: string | undefined, number: number | undefined): readonly Chain[] {
    if (number === undefined || name === undefined) {
      return this.#each(name, (chain) => ({
        ...chain,
        counters: NOTHING,
        rules: chain.rules.map(withoutCount),
      }))
    }
    return this.#withRules(name, (rules) => {
      const index = this.#index(rules, number)
      return rules.map((rule, at) => (at === index ? withoutCount(rule) : rule))
    })
  }

  #refuseTaken(name: string): void {
    if (this.#table.chains.some((chain) => chain.name === name))
      throw new ChainmailError('chain-exists', `The table has a chain ${shown(name)} already.`, {
        path: 'chain',
      })
  }

  #refuseBuiltIn(name: string, what: string): void {
    if (isBuiltIn(this.#table.name, name))
      throw new ChainmailError(
        'chain-built-in',
        `The chain ${name} belongs to the kernel: it cannot be ${what}.`,
        {
          path: 'chain',
        },
      )
  }

  #withoutChain(name: string | undefined): readonly Chain[] {
    if (name !== undefined) {
      this.#chain(name)
      this.#refuseBuiltIn(name, 'deleted')
    }
    const leaves = (chain: Chain) =>
      name === undefined ? !isBuiltIn(this.#table.name, chain.name) : chain.name === name
    const { chains } = this.#table
    for (const chain of chains.filter(leaves)) this.#refuseBusy(chain)
    return chains.filter((chain) => !leaves(chain))
  }

  #refuseBusy(chain: Chain): void {
    const what =
      chain.rules.length > 0
        ? 'still holds rules'
        : this.#table.chains.some(({ rules }) => rules.some((rule) => chainOf(rule) === chain.name))
          ? 'is still jumped to'
          : undefined
    if (what !== undefined)
      throw new ChainmailError('chain-busy', `The chain ${shown(chain.name)} ${what}.`, { path: 'chain' })
  }

  #renamed(from: string, to: string): readonly Chain[] {
    this.#chain(from)
    this.#refuseBuiltIn(from, 'renamed')
    this.#refuseTaken(to)
    const follow = (rule: ListedRule): ListedRule =>
      chainOf(rule) === from
        ? this.#listed(rule.goto === from ? { ...rule, goto: to } : { ...rule, target: to })
        : rule
    const chains = this.#table.chains.map((chain) => ({
      ...chain,
      name: chain.name === from ? to : chain.name,
      rules: chain.rules.map(follow),
    }))
    return sortedChains(this.#table.name, chains)
  }

  #withPolicy(name: string, policy: string): readonly Chain[] {
    if (this.#chain(name).policy === undefined)
      throw new ChainmailError(
        'bad-command',
        `-P: the chain ${shown(name)} is not the kernel's, so it has no policy.`,
        {
          path: '-P',
        },
      )
    if (this.#table.name === 'nat' && policy === 'DROP')
      throw new ChainmailError(
        'bad-command',
        '-P: the table nat is not for filtering; it takes no policy DROP.',
        {
          path: '-P',
        },
      )
    return this.#each(name, (chain) => ({ ...chain, policy }))
  }

  /** What the rules jump to has to exist, must not be the kernel's own, and must not lead back. */
  #refuseTargets(rules: readonly Rule[], chain: string): void {
    this.#chain(chain)
    for (const rule of rules) {
      const target = chainOf(rule)
      if (target === undefined || this.#isTarget(rule)) continue
      const path = rule.goto === undefined ? 'target' : 'goto'
      this.#chain(target, path)
      this.#refuseBuiltIn(target, 'jumped to')
      if (this.#reaches(target, chain))
        throw new ChainmailError('chain-loop', `${shown(target)} leads back to ${shown(chain)}.`, { path })
    }
  }

  #isTarget(rule: Rule): boolean {
    return (
      rule.goto === undefined &&
      typeof rule.target === 'string' &&
      findTarget(rule.target, this.#context.family) !== undefined
    )
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set<string>()
    const waiting = [from]
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (name === to) return true
      if (seen.has(name)) continue
      seen.add(name)
      const chain = this.#table.chains.find((one) => one.name === name)
      for (const rule of chain?.rules ?? []) {
        const next = chainOf(rule)
        if (next !== undefined) waiting.push(next)
      }
    }
    return false
  }
}

/** The name behind `-j` or `-g`; a target with options leads nowhere. */
function chainOf({ target, goto }: Rule): string | undefined {
  return goto ?? (typeof target === 'string' ? target : undefined)
}

function withoutCount(rule: ListedRule): ListedRule {
  return rule.counters === undefined ? rule : { ...rule, counters: NOTHING }
}

/** The kernel's own chains first, in its order, and the others by their names' bytes: as iptables-save prints. */
export function sortedChains(table: string, chains: readonly Chain[]): readonly Chain[] {
  const builtIn = builtInChainsOf(table)
  const own = builtIn.flatMap((name) => chains.filter((chain) => chain.name === name))
  const others = chains.filter(({ name }) => !builtIn.includes(name))
  return [
    ...own,
    ...others.toSorted((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name))),
  ]
}
