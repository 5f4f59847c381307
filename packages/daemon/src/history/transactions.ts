import { ChainmailError, type Firewall, type GuardOptions, type Probation, type Transaction } from 'chainmail'
import type { History } from './history.ts'
import type { Operations, Origin } from './revision.ts'
import type { ProbationWatch } from './rule-changes.ts'
import type { SetChanges } from './set-changes.ts'

export type TransactionFirewall = Pick<Firewall, 'planBack' | 'apply' | 'transaction' | 'rehearseTransaction'>

/** On which terms a transaction is run. */
export interface TransactionTerms {
  /** What must not be shut out. */
  readonly guard?: GuardOptions | undefined
  /** It is taken back unless it is confirmed within this time. */
  readonly confirmWithin?: string | undefined
}

/**
 * Runs transactions over chains and sets, each of which becomes a revision. What they have changed is found by comparing
 * before and after: of chains while nothing else of this daemon changes them; of sets, what others change in them
 * meanwhile is told with it.
 */
export class Transactions {
  readonly #firewall: TransactionFirewall
  readonly #history: History
  readonly #sets: SetChanges
  readonly #decisions: ProbationWatch

  constructor(firewall: TransactionFirewall, history: History, sets: SetChanges, decisions: ProbationWatch) {
    this.#decisions = decisions
    this.#firewall = firewall
    this.#history = history
    this.#sets = sets
  }

  /**
   * @param sets that the transaction may change
   * @returns the number of the revision, none where nothing has changed; and the probation that it is on
   * @throws what the transaction is refused for; DaemonError `store-failed` with everything taken back; ChainmailError
   *   `undo-failed` where it could not be
   */
  run(
    origin: Origin,
    sets: readonly string[],
    record: (transaction: Transaction) => void,
    { guard, confirmWithin }: TransactionTerms = {},
  ): Promise<{ readonly revision: number | undefined; readonly probation: Probation | undefined }> {
    return this.#history.follower.gate.enter(async () => {
      const within = confirmWithin === undefined ? {} : { confirmWithin }
      const { result, operations: changedSets } = await this.#sets.compare(sets, () =>
        this.#firewall.transaction(record, { guard, tells: 'chains', ...within }),
      )
      const { chains, probation } = result
      const operations: Operations = { ...(chains.length === 0 ? {} : { chains }), ...changedSets }
      if (Object.keys(operations).length === 0) return { revision: undefined, probation }
      return { revision: await this.#keep(origin, operations, probation), probation }
    })
  }

  /**
   * What a transaction would change; nothing is changed.
   * @throws what it would be refused for
   */
  async rehearse(
    record: (transaction: Transaction) => void,
    { guard, confirmWithin }: TransactionTerms = {},
  ): Promise<Operations> {
    const within = confirmWithin === undefined ? {} : { confirmWithin }
    await using rehearsed = await this.#firewall.rehearseTransaction(record, { guard, ...within })
    const { chains, sets } = rehearsed
    return { ...(chains.length === 0 ? {} : { chains }), ...(await this.#sets.compareWith(sets)) }
  }

  async #keep(origin: Origin, operations: Operations, probation: Probation | undefined): Promise<number> {
    const id = probation?.id
    if (id !== undefined) {
      this.#decisions.hold(id, operations)
      // What cannot be kept is taken back, and held no longer.
      this.#decisions.watch(id)
    }
    try {
      // What is on probation is not yet what should be.
      const also = id === undefined ? undefined : () => () => undefined
      const own = id === undefined ? origin : { ...origin, probation: id }
      const revision = await this.#history.keep({ origin: own, what: whatOf(operations), operations, also })
      if (id !== undefined) this.#decisions.watch(id)
      return revision
    } catch (error) {
      const back = probation === undefined ? this.#takeBack(operations) : probation.revert()
      await back.catch((failure: unknown) => {
        throw new ChainmailError(
          'undo-failed',
          'The store refused the revision of a transaction, and the change could not be taken back: read the rules and sets before going on.',
          { cause: failure },
        )
      })
      throw error
    }
  }

  async #takeBack({ chains = [], sets = [] }: Operations): Promise<void> {
    const { plan } = await this.#firewall.planBack([{ time: Date.now(), chains, sets }])
    await this.#firewall.apply(plan, { force: true })
  }
}

/** What a transaction is about: sets, where it changes nothing else. */
export function whatOf({ chains, sets }: Operations): 'rules' | 'sets' {
  return chains === undefined && sets !== undefined ? 'sets' : 'rules'
}
