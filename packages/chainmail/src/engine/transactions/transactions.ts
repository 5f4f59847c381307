import type { Family } from '@chainmail/kernel'
import type { FirewallDoors } from '../doors.ts'
import { FirewallEvents } from '../events.ts'
import type { GuardOptions } from '../guard/packets.ts'
import { foreseenByOperations } from '../guard/set-lookup.ts'
import type { ChangedChain } from '../history/changed-chain.ts'
import { tableChanges } from '../history/table-changes.ts'
import type { ListedTable } from '../plan/listing.ts'
import type { Applied } from '../plan/planner.ts'
import type { Probation, ProbationOptions } from '../probation/probation.ts'
import { type Touched, touchedByOperations } from '../probation/touched.ts'
import { touchedByOperationsOn } from '../probation/touched-sets.ts'
import type { Place } from '../rules/operation.ts'
import { SetHandle } from '../sets/set.ts'
import { execute, isOneStep } from './execute.ts'
import { Transaction } from './transaction.ts'
import { rehearseTransaction } from './transaction-rehearsal.ts'

export interface TransactionOptions extends Partial<ProbationOptions> {
  /** What must not be shut out beside the allowlist; not looked at if not said, nor of a change on probation unless it says so. */
  readonly guard?: GuardOptions | undefined
  /** Tells too what has changed of chains, which takes a reading of the rules before the change and one after it. */
  readonly tells?: 'chains' | undefined
}

/** What a transaction came to. */
export interface TransactionResult extends AppliedChange {
  /** Those that the transaction names, as far as they have changed; none unless they were asked for. */
  readonly chains: readonly ChangedChain[]
}

/** What a change came to. */
export interface AppliedChange extends Applied {
  /** Of a change that is taken back unless it is confirmed; absent where there was nothing to do. */
  readonly probation?: Probation
}

/** What a transaction would change; its sets go when it is disposed of. */
export interface RehearsedTransaction extends AsyncDisposable {
  readonly chains: readonly ChangedChain[]
  /** One like each set that is changed, as it would be then; undefined for one that would be gone. */
  readonly sets: ReadonlyMap<string, SetHandle | undefined>
}

/** Is given the steps, while nothing else of this process writes. */
type Around = (steps: () => Promise<void>) => Promise<void>

/** Writes down what a transaction is to change. */
export type Recording = (transaction: Transaction) => void | Promise<void>

/** Changes of chains, rules and sets together: all or nothing. */
export class Transactions {
  readonly #doors: FirewallDoors

  constructor(doors: FirewallDoors) {
    this.#doors = doors
  }

  async run(record: Recording, options: TransactionOptions): Promise<TransactionResult> {
    const { probations, writer } = this.#doors
    const { confirmWithin, tells } = options
    const transaction = await this.#recorded(record)
    await this.#refuseLockOut(transaction, options)
    const make = tells === undefined ? this.#make : this.#makeAndTell
    if (confirmWithin !== undefined) {
      const touched = await writer.alone(() => this.#touchedBy(transaction))
      const { result, probation } = await probations.around(touched, confirmWithin, (id) =>
        make.call(this, transaction, async (steps) => {
          const latest = await this.#touchedBy(transaction)
          probations.renew(id, () => latest)
          await steps()
        }),
      )
      return { ...result, probation }
    }
    if (isOneStep(transaction)) return make.call(this, transaction)
    return make.call(this, transaction, async (steps) =>
      probations.journaled(await this.#touchedBy(transaction), steps),
    )
  }

  async rehearse(record: Recording, options: TransactionOptions): Promise<RehearsedTransaction> {
    const { probations, writer, ipset } = this.#doors
    const transaction = await this.#recorded(record)
    await this.#refuseLockOut(transaction, options)
    if (options.confirmWithin !== undefined)
      probations.refuseWhilePending(await writer.alone(() => this.#touchedBy(transaction)))
    const foreseen = await writer.alone((doors) => rehearseTransaction(transaction, doors, ipset))
    const quiet = { ...this.#doors.sets, events: new FirewallEvents() }
    const sets = Array.from(
      foreseen.sets,
      ([name, aside]) => [name, aside === undefined ? undefined : new SetHandle(aside, quiet)] as const,
    )
    return {
      chains: foreseen.chains,
      sets: new Map(sets),
      [Symbol.asyncDispose]: () => foreseen[Symbol.asyncDispose](),
    }
  }

  async #recorded(record: Recording): Promise<Transaction> {
    const transaction = new Transaction(this.#doors.spelling)
    await record(transaction)
    return transaction
  }

  async #makeAndTell(transaction: Transaction, around?: Around): Promise<TransactionResult> {
    const { pipes } = this.#doors
    const named = new Set(
      transaction.tables.flatMap(({ place, operations }) =>
        operations.map(({ chain }) => chainKey({ ...place, chain })),
      ),
    )
    const families = [...new Set(transaction.tables.map(({ place }) => place.family))]
    const read = () => Promise.all(families.map((family) => pipes.list(family)))
    let chains: readonly ChangedChain[] = []
    const applied = await this.#make(transaction, async (steps) => {
      const before = await read()
      await (around === undefined ? steps() : around(steps))
      const after = await read()
      chains = families
        .flatMap((family, index) => tableChanges(family, before[index] ?? [], after[index] ?? []))
        .filter((chain) => named.has(chainKey(chain)))
    })
    return { ...applied, chains }
  }

  async #make(transaction: Transaction, around?: Around): Promise<TransactionResult> {
    const began = performance.now()
    const doors = this.#doors
    const { tables, sets } = transaction
    const names = [...new Set(sets.map(({ set }) => set))]
    await doors.sets.turns.takeWhole(names, () => execute(transaction, doors.writer, doors.sets, around))
    doors.events.changed(() => ({ what: 'transaction', tables, sets }))
    return { commits: tables.length, sets: names.length, duration: performance.now() - began, chains: [] }
  }

  async #refuseLockOut(
    { tables, sets }: Transaction,
    { guard, confirmWithin }: TransactionOptions,
  ): Promise<void> {
    if (guard !== undefined && (confirmWithin === undefined || guard.alsoOnProbation === true))
      await this.#doors.lockOut.checkChanges(tables, guard, foreseenByOperations(sets))
  }

  /** To be called while nothing else writes. */
  async #touchedBy({ tables, sets }: Transaction): Promise<Touched> {
    const { pipes, ipset } = this.#doors
    const listed = new Map<Family, readonly ListedTable[]>()
    for (const { place } of tables)
      if (!listed.has(place.family)) listed.set(place.family, await pipes.list(place.family))
    return {
      tables: tables.map(({ place, operations }) => {
        const table = listed.get(place.family)?.find(({ name }) => name === place.table)
        return touchedByOperations(place, operations, table)
      }),
      sets: await touchedByOperationsOn(ipset, sets),
    }
  }
}

function chainKey({ family, table, chain }: Place & { readonly chain: string }): string {
  return `${family} ${table} ${chain}`
}
