import { addLine, createLine } from '@chainmail/kernel'
import type { Operation, Place } from '../operation.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import { REGISTRY } from '../plan/marker.ts'
import type { Plan } from '../plan/plan.ts'
import type { ListedSet, SetPlan } from '../plan/set-plan.ts'
import { chainsOf, foresee } from './foresee.ts'
import type { Journal, TouchedSet } from './journal.ts'
import type { TouchedChain, TouchedTable } from './way-back.ts'

/** What a change touches, as its journal keeps it. */
export type Touched = Pick<Journal, 'tables' | 'sets'>

/** What a plan touches, from what it has looked at. */
export function touchedByPlan({ desired, tables, sets, basis }: Plan): Touched {
  return {
    tables: tables.map(({ place, operations }) => {
      const index = desired.tables.findIndex((table) => table.place === place)
      const chains = new Map<string, ListedChain>()
      for (const [name, chain] of basis.chains[index] ?? []) if (chain !== undefined) chains.set(name, chain)
      return touchedTable(place, operations, chains)
    }),
    sets: sets.map((set) => touchedSet(set, basis.sets.get(set.name))),
  }
}

/** What operations touch in a table. */
export function touchedByOperations(
  place: Place,
  operations: readonly Operation[],
  listed: ListedTable | undefined,
): TouchedTable {
  return touchedTable(place, operations, chainsOf(place.table, listed))
}

function touchedTable(
  place: Place,
  operations: readonly Operation[],
  chains: ReadonlyMap<string, ListedChain>,
): TouchedTable {
  const after = foresee(operations, chains, place.family)
  return {
    place,
    chains: Array.from(
      after,
      ([name, chain]): TouchedChain => ({ name, before: chains.get(name), after: chain }),
    ),
  }
}

function touchedSet(plan: SetPlan, before: ListedSet | undefined): TouchedSet {
  const { name, do: verb, type } = plan
  if (verb === 'create') return { name, do: 'destroy' }
  const create = createLine(name, type, before?.options ?? plan.options, { forceadd: true })
  if (verb === 'destroy') {
    const put = (before?.entries ?? []).map((entry) => addLine(name, entry))
    return { name, do: 'create', create, take: [], put }
  }
  const take: string[] = []
  const put: string[] = []
  for (const change of plan.entries) {
    if (change.do !== 'remove') take.push(change.entry.element)
    if (change.do === 'remove') put.push(addLine(name, change.entry))
    else if (change.do === 'change') put.push(addLine(name, change.before))
  }
  return { name, do: verb, create, take, put }
}

/** What two changes have in common, in words; undefined where they are of different chains and sets. */
export function overlap(one: Touched, other: Touched): string | undefined {
  for (const { place, chains } of one.tables) {
    const names = new Set(
      other.tables
        .filter(({ place: { table, family } }) => table === place.table && family === place.family)
        .flatMap((table) => table.chains.map(({ name }) => name)),
    )
    // Names of chains are added to the registry and taken out of it one by one.
    const shared = chains.find(({ name }) => name !== REGISTRY && names.has(name))
    if (shared !== undefined) return `the chain ${shared.name} of ${place.table} (${place.family})`
  }
  const sets = new Set(other.sets.map(({ name }) => name))
  const shared = one.sets.find(({ name }) => sets.has(name))
  return shared === undefined ? undefined : `the set ${shared.name}`
}
