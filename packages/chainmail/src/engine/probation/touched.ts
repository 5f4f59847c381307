import { addLine, createLine } from '@chainmail/kernel'
import type { Spelling } from '../../model/version.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import { REGISTRY } from '../plan/marker.ts'
import type { Plan } from '../plan/plan.ts'
import type { ListedSet, SetPlan } from '../plan/set-plan.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { chainsOf, foresee } from './foresee.ts'
import { entryOfLine, type Journal, type TouchedSet, type TouchedWholeSet } from './journal.ts'
import type { TouchedChain, TouchedTable } from './way-back.ts'

/** What a change touches, as its journal keeps it. */
export type Touched = Pick<Journal, 'tables' | 'sets'>

/** What a plan touches, from what it has looked at. */
export function touchedByPlan({
  desired,
  tables,
  sets,
  basis,
}: Plan): Touched & { readonly sets: readonly TouchedWholeSet[] } {
  return {
    tables: tables.map(({ place, operations }) => {
      const index = desired.tables.findIndex((table) => table.place === place)
      const chains = new Map<string, ListedChain>()
      for (const [name, chain] of basis.chains[index] ?? []) if (chain !== undefined) chains.set(name, chain)
      return touchedTable(place, operations, chains, desired.spelling)
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
  spelling?: Spelling,
): TouchedTable {
  const after = foresee(operations, chains, { family: place.family, ...spelling })
  return {
    place,
    chains: Array.from(
      after,
      ([name, chain]): TouchedChain => ({ name, before: chains.get(name), after: chain }),
    ),
  }
}

function touchedSet(plan: SetPlan, before: ListedSet | undefined): TouchedWholeSet {
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
  const sets = new Map(other.sets.map((set) => [set.name, set]))
  const shared = one.sets.find((set) => shareEntries(set, sets.get(set.name)))
  return shared === undefined ? undefined : `the set ${shared.name}`
}

function shareEntries(one: TouchedSet, other: TouchedSet | undefined): boolean {
  if (other === undefined) return false
  if (one.do !== 'entries' || other.do !== 'entries') return true
  const names = new Set(other.take.map(nameOf))
  return one.take.some((line) => names.has(nameOf(line)))
}

/** What names an entry in the line that adds it. */
function nameOf(line: string): string {
  const { element, wildcard } = entryOfLine(line)
  return wildcard === undefined ? element : `${element} ${wildcard}`
}
