import type { Rule } from '../../model/rule.ts'
import type { Chain, Table } from '../../text/save.ts'
import { type Operation, restoreLines } from '../rules/operation.ts'
import type { RuleDoors, RuleWriter } from '../rules/writer.ts'
import type { SetDoors } from '../sets/set-growth.ts'
import { changeSets, destroySets } from '../sets/set-operation.ts'
import type { TableChange, Transaction } from './transaction.ts'
import { Undo } from './undo.ts'

/**
 * Runs a transaction: all of it or nothing.
 *
 * The rules of one table and family change in one commit of the kernel. What spans more is ordered, because
 * iptables and ipset have no commit in common: new sets and entries first, then the rules, table by table, and
 * the sets that go last. When a step fails, the steps before it are taken back.
 *
 * @param around is given the steps, while nothing else of this process writes; if not said they are just made
 */
export async function execute(
  transaction: Transaction,
  writer: RuleWriter,
  sets: SetDoors,
  around?: (steps: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { tables, sets: operations } = transaction
  const [only, ...more] = tables
  if (around === undefined && only !== undefined && more.length === 0 && operations.length === 0) {
    await writer.change(only.place, restoreLines(only.operations, only.place))
    return
  }
  await writer.alone((doors) => {
    const steps = (): Promise<void> => makeSteps(transaction, doors, sets)
    return around === undefined ? steps() : around(steps)
  })
}

async function makeSteps(
  { tables, sets: operations }: Transaction,
  doors: RuleDoors,
  sets: SetDoors,
): Promise<void> {
  const undo = new Undo()
  try {
    await changeSets(sets, operations, undo)
    for (const [index, table] of tables.entries()) {
      const isLast = index === tables.length - 1 && !operations.some(({ do: verb }) => verb === 'destroy')
      await changeTable(table, doors, isLast ? undefined : undo)
    }
    await destroySets(sets.ipset, operations, undo)
  } catch (error) {
    await undo.because(error)
  }
}

/** Whether the kernel makes all of a transaction in one step, or it cannot be told from one. */
export function isOneStep({ tables, sets }: Transaction): boolean {
  if (sets.length === 0) return tables.length <= 1
  const [first] = sets
  const isContent = sets.every(
    ({ do: verb, set }) => set === first?.set && verb !== 'create' && verb !== 'destroy',
  )
  return tables.length === 0 && (isContent || sets.length === 1)
}

async function changeTable(
  { place, operations }: TableChange,
  doors: RuleDoors,
  undo: Undo | undefined,
): Promise<void> {
  const [before] = undo === undefined ? [] : await doors.read(place.family, place.table)
  await doors.commit(place, restoreLines(operations, place))
  undo?.push(() => doors.commit(place, restoreLines(reverse(operations, before), place)))
}

/** What makes the chains that were touched as they had been, counters included. */
function reverse(operations: readonly Operation[], before: Table | undefined): Operation[] {
  const names = [...new Set(operations.map(({ chain }) => chain))]
  const chains = new Map(before?.chains.map((chain) => [chain.name, chain]))
  const removed = new Set(operations.filter(({ do: verb }) => verb === 'remove').map(({ chain }) => chain))
  const created = new Set(operations.filter(({ do: verb }) => verb === 'create').map(({ chain }) => chain))
  return [
    ...names.flatMap((chain): Operation[] => [{ do: removed.has(chain) ? 'create' : 'flush', chain }]),
    ...names.flatMap((chain) => rulesOf(chains.get(chain))),
    ...names
      .filter((chain) => created.has(chain) && !chains.has(chain))
      .map((chain): Operation => ({ do: 'remove', chain })),
  ]
}

function rulesOf(chain: Chain | undefined): Operation[] {
  return (chain?.rules ?? []).map(({ text: _, ...rule }): { do: 'append'; chain: string; rule: Rule } => ({
    do: 'append',
    chain: chain?.name ?? '',
    rule,
  }))
}
