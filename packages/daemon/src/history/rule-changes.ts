import type { Family } from '@chainmail/kernel'
import {
  addedRule,
  ChainmailError,
  ChainRacedError,
  type ChangedChain,
  type ChangingCommand,
  type Firewall,
  type GuardOptions,
  type Probation,
  type PutOptions,
  type Rule,
  renderRule,
  type Table,
  type TakenRule,
} from 'chainmail'
import type { History } from './history.ts'
import type { ProbationDecisions } from './probation-decisions.ts'
import type { Operations, Origin } from './revision.ts'

/** What is needed of a chain of the library. */
export interface ChangingChain {
  insert(rule: Rule, options: { position: number } & PutOptions): Promise<Rule>
  append(rule: Rule, options?: PutOptions): Promise<Rule>
  delete(rule: Rule | number): Promise<void>
  takeOut(rule: Rule | number, options?: PutOptions): Promise<TakenRule>
}

export interface ChainPlace {
  readonly table: string
  readonly family: Family
}

export interface ChainDoor
  extends Pick<Firewall, 'change' | 'planBack' | 'apply' | 'spelling' | 'touchedByCommands' | 'onProbation'> {
  chain(name: string, place: ChainPlace): ChangingChain
}

/** A change that was made, and its number in the history. */
export interface Kept<Result, Revision = number> {
  readonly result: Result
  readonly revision: Revision
  /** Of a change that is taken back unless it is confirmed. */
  readonly probation?: Probation
}

/** On which terms rules are changed. */
export interface RuleTerms {
  /** Looks at the rules of the family at that moment; what it throws ends the change. */
  readonly check?: ((tables: readonly Table[]) => void) | undefined
  /** Only tells what would change. */
  readonly dryRun?: boolean
  /** What must not be shut out. */
  readonly guard?: GuardOptions | undefined
  /** The change is taken back unless it is confirmed within this time. */
  readonly confirmWithin?: string | undefined
}

/** What is told of a change on probation before it is made. */
export type ProbationWatch = Pick<ProbationDecisions, 'watch' | 'hold'>

/** Where nothing is put on probation. */
export const unwatched: ProbationWatch = { watch: () => undefined, hold: () => undefined }

/** Changes single rules, each of which becomes a revision; a change that cannot be kept is taken back. */
export class RuleChanges {
  readonly #firewall: ChainDoor
  readonly #history: History
  readonly #decisions: ProbationWatch

  constructor(firewall: ChainDoor, history: History, decisions: ProbationWatch) {
    this.#firewall = firewall
    this.#history = history
    this.#decisions = decisions
  }

  /** @param position counted from 1; undefined for the end of the chain */
  add(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule,
    position: number | undefined,
    guard?: GuardOptions,
  ): Promise<Kept<Rule>> {
    return this.#history.follower.gate.enter(() => this.#add(origin, place, name, rule, position, guard))
  }

  /** Takes out the first rule that is equal to one, or that has a number. */
  delete(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule | number,
    guard?: GuardOptions,
  ): Promise<Kept<TakenRule>> {
    return this.#history.follower.gate.enter(() => this.#delete(origin, place, name, rule, guard))
  }

  /**
   * Does commands of iptables in one table, in one commit, and tells what has changed, or would.
   *
   * @returns no revision where nothing has changed, or nothing should
   * @throws what the library refuses, and what the terms do, with nothing done; `plan-raced` with what was made kept
   */
  change(
    origin: Origin,
    place: ChainPlace,
    commands: readonly ChangingCommand[],
    terms: RuleTerms = {},
  ): Promise<Kept<readonly ChangedChain[], number | undefined>> {
    const { confirmWithin } = terms
    return this.#history.follower.gate.enter(async () => {
      if (confirmWithin === undefined || terms.dryRun === true)
        return this.#change(origin, place, commands, terms)
      const touched = await this.#firewall.touchedByCommands(place, commands)
      const { result, probation } = await this.#firewall.onProbation(touched, confirmWithin, (id) =>
        this.#change({ ...origin, probation: id }, place, commands, terms),
      )
      return { ...result, probation }
    })
  }

  async #change(
    origin: Origin,
    place: ChainPlace,
    commands: readonly ChangingCommand[],
    terms: RuleTerms,
  ): Promise<Kept<readonly ChangedChain[], number | undefined>> {
    const { probation } = origin
    if (probation !== undefined) this.#decisions.watch(probation)
    const chains = await this.#firewall
      .change(place, commands, { ...terms, partOf: probation })
      .catch(async (error: unknown) => {
        // It was made.
        if (error instanceof ChainRacedError && probation === undefined)
          await this.#keepChains(origin, error.chains)
        throw error
      })
    if (terms.dryRun === true || chains.length === 0) return { result: chains, revision: undefined }
    if (probation !== undefined) this.#decisions.hold(probation, { chains })
    const revision = await this.#keepChains(origin, chains)
    if (probation !== undefined) this.#decisions.watch(probation)
    return { result: chains, revision }
  }

  async #add(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule,
    position: number | undefined,
    guard: GuardOptions | undefined,
  ): Promise<Kept<Rule>> {
    const chain = this.#firewall.chain(name, place)
    const made = await (position === undefined
      ? chain.append(rule, { guard })
      : chain.insert(rule, { position, guard }))
    const { counters: _, ...plain } = made
    const text = renderRule(plain, { ...place, ...this.#firewall.spelling })
    // A reading for each rule would cost more than ten times as much as the rule.
    const among = position === undefined ? 'last' : position === 1 ? 'first' : undefined
    const operations = { chains: [addedRule(place, name, text, among)] }
    const revision = await this.#keep(origin, operations, () => chain.delete(made))
    return { result: made, revision }
  }

  async #delete(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule | number,
    guard: GuardOptions | undefined,
  ): Promise<Kept<TakenRule>> {
    const chain = this.#firewall.chain(name, place)
    const taken = await chain.takeOut(rule, { guard })
    const { text, counters = { packets: 0, bytes: 0 }, ...plain } = taken.rule
    const lines = [
      ...taken.above.map((line) => ` ${line}`),
      `-[${counters.packets}:${counters.bytes}] ${text}`,
      ...taken.below.map((line) => ` ${line}`),
    ]
    const operations: Operations = { chains: [{ ...place, chain: name, did: 'changed', lines }] }
    const revision = await this.#keep(origin, operations, async () => {
      const { position } = taken
      await (position === undefined
        ? chain.append({ ...plain, counters })
        : chain.insert({ ...plain, counters }, { position }))
    })
    return { result: taken, revision }
  }

  #keepChains(origin: Origin, chains: readonly ChangedChain[]): Promise<number> {
    return this.#keep(origin, { chains }, async () => {
      const { plan } = await this.#firewall.planBack([{ time: Date.now(), chains, sets: [] }])
      await this.#firewall.apply(plan, { force: true })
    })
  }

  async #keep(origin: Origin, operations: Operations, takeBack: () => Promise<void>): Promise<number> {
    try {
      // What is on probation is not yet what should be.
      const also = origin.probation === undefined ? undefined : () => () => undefined
      return await this.#history.keep({ origin, what: 'rules', operations, also })
    } catch (error) {
      // The whole of a probation is taken back by who makes it.
      if (origin.probation !== undefined) throw error
      await takeBack().catch((failure: unknown) => {
        throw new ChainmailError(
          'undo-failed',
          'The store refused the revision of a change of rules, and the change could not be taken back: read the chain before going on.',
          { cause: failure },
        )
      })
      throw error
    }
  }
}
