import type { Difference } from 'chainmail'
import type { BuiltInStep, ScopeDecision, ScopeView, SetStep } from './decision.ts'
import { timing } from './decision.ts'
import type { Entries, PlacedEntry, Scope } from './entries.ts'
import { type Action, actions, type Entry, keyOf } from './entry.ts'
import type { FamilySnapshot, KernelDoor, ScopeChange } from './kernel-door.ts'
import { builtInChain, ownedChain, readLine, setName } from './lines.ts'
import { readNetwork } from './network.ts'
import { desiredLines, ownedSteps } from './owned-chain.ts'

/** Seconds by which the kernel's timeout of an entry may differ from what it should be. */
const TOLERANCE = 2

export function viewOf(scope: Scope, snapshot: FamilySnapshot): ScopeView {
  const lines = (name: string) => snapshot.chain(name)?.map((rule) => readLine(rule, scope))
  return {
    builtIn: lines(builtInChain(scope.chain)) ?? [],
    owned: lines(ownedChain(scope.chain)),
    sets: new Set(actions.filter((action) => snapshot.hasSet(setName(scope, action)))),
  }
}

/** What the kernel has to change after a decision; undefined for nothing. */
export function changeOf(
  { scope, view, setSteps, builtInSteps }: ScopeDecision,
  entries: Entries,
): ScopeChange | undefined {
  const placed = entries.of(scope)
  if (placed.size === 0 && view.owned === undefined && setSteps.length + builtInSteps.length === 0)
    return undefined
  const added = new Set(setSteps.filter((step) => step.do === 'add').map(({ entry }) => entry.action))
  const newSets = actions.filter((action) => added.has(action) && !view.sets.has(action))
  const needsChain = placed.size > 0 || view.owned !== undefined
  const steps = needsChain
    ? ownedSteps(view.owned, desiredLines(scope, placed, [...view.sets, ...newSets]))
    : []
  const nothing = newSets.length + setSteps.length + steps.length + builtInSteps.length === 0
  return nothing ? undefined : { scope, newSets, setSteps, ownedSteps: steps, builtInSteps }
}

/** What others have done, told by what would make it good. */
export function driftOf(changes: readonly ScopeChange[]): Difference {
  return {
    chains: changes.flatMap(({ scope: { chain, family }, ownedSteps, builtInSteps }) => [
      ...(builtInSteps.length === 0
        ? []
        : [{ family, table: 'filter', name: builtInChain(chain), do: 'change' as const, rules: [] }]),
      ...(ownedSteps.length === 0
        ? []
        : [
            {
              family,
              table: 'filter',
              name: ownedChain(chain),
              do: ownedSteps.some((step) => step.do === 'create') ? ('remove' as const) : ('change' as const),
              rules: [],
            },
          ]),
    ]),
    sets: changes.flatMap(({ scope, newSets }) =>
      newSets.map((action) => ({ name: setName(scope, action), do: 'remove' as const })),
    ),
  }
}

/** What takes the steps in the built-in chain back. */
export function reverseOf({ scope, builtInSteps }: ScopeDecision): ScopeChange {
  const reversed = builtInSteps
    .toReversed()
    .map((step): BuiltInStep => ({ ...step, do: step.do === 'insert' ? 'delete' : 'insert' }))
  return { scope, newSets: [], setSteps: [], ownedSteps: [], builtInSteps: reversed }
}

/** What makes the sets of a scope hold exactly its entries. */
export async function contentSteps(
  { scope, view }: ScopeDecision,
  entries: Entries,
  kernel: KernelDoor,
  now: number,
): Promise<SetStep[]> {
  const steps: SetStep[] = []
  for (const action of actions) {
    const missing = new Map<string, PlacedEntry>()
    for (const placed of entries.of(scope).inSet(action, now)) missing.set(keyOf(placed.entry), placed)
    const elements = view.sets.has(action) ? await kernel.elements(scope, action) : []
    for (const { network, timeout } of elements) {
      const entry = entryOf(scope, action, network)
      const key = keyOf(entry)
      const placed = missing.get(key)
      if (placed === undefined) steps.push({ do: 'remove', entry })
      else if (isClose(timeout, timing(placed.until, now).seconds)) missing.delete(key)
    }
    for (const { entry, until } of missing.values())
      steps.push({ do: 'add', entry, seconds: timing(until, now).seconds })
  }
  return steps
}

function isClose(timeout: number | undefined, seconds: number): boolean {
  if (timeout === undefined || seconds === 0) return timeout === undefined && seconds === 0
  return Math.abs(timeout - seconds) <= TOLERANCE
}

/** The entry that an element of a set stands for. */
export function entryOf({ chain, family }: Scope, action: Action, network: string): Entry {
  const side = readNetwork(network)
  return chain === 'output'
    ? { action, chain, family, destination: side }
    : { action, chain, family, source: side }
}
