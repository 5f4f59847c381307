import type { Family } from '@chainmail/kernel'
import { addedRule, ChainmailError, type Rule, renderRule, type TakenRule } from 'chainmail'
import type { History } from './history.ts'
import type { Operations, Origin } from './revision.ts'

/** What is needed of a chain of the library. */
export interface ChangingChain {
  insert(rule: Rule, options: { position: number }): Promise<Rule>
  append(rule: Rule): Promise<Rule>
  delete(rule: Rule | number): Promise<void>
  takeOut(rule: Rule | number): Promise<TakenRule>
}

export interface ChainPlace {
  readonly table: string
  readonly family: Family
}

export interface ChainDoor {
  chain(name: string, place: ChainPlace): ChangingChain
}

/** A change that was made, and its number in the history. */
export interface Kept<Result, Revision = number> {
  readonly result: Result
  readonly revision: Revision
}

/** Changes single rules, each of which becomes a revision; a change that cannot be kept is taken back. */
export class RuleChanges {
  readonly #firewall: ChainDoor
  readonly #history: History

  constructor(firewall: ChainDoor, history: History) {
    this.#firewall = firewall
    this.#history = history
  }

  /** @param position counted from 1; undefined for the end of the chain */
  async add(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule,
    position: number | undefined,
  ): Promise<Kept<Rule>> {
    const chain = this.#firewall.chain(name, place)
    const made = await (position === undefined ? chain.append(rule) : chain.insert(rule, { position }))
    const { counters: _, ...plain } = made
    const operations = { chains: [addedRule(place, name, renderRule(plain, place))] }
    const revision = await this.#keep(origin, operations, () => chain.delete(made))
    return { result: made, revision }
  }

  /** Takes out the first rule that is equal to one, or that has a number. */
  async delete(
    origin: Origin,
    place: ChainPlace,
    name: string,
    rule: Rule | number,
  ): Promise<Kept<TakenRule>> {
    const chain = this.#firewall.chain(name, place)
    const taken = await chain.takeOut(rule)
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

  async #keep(origin: Origin, operations: Operations, takeBack: () => Promise<void>): Promise<number> {
    try {
      return await this.#history.keep({ origin, what: 'rules', operations })
    } catch (error) {
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
