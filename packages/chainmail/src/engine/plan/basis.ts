import type { ListedChain } from './listing.ts'
import type { ActualState, Plan } from './plan.ts'
import type { ListedSet } from './set-plan.ts'

/** Whether the chains that a plan has looked at are as they were; what they have counted does not matter. */
export function chainsHold({ desired, basis }: Plan, actual: ActualState): boolean {
  return desired.tables.every(({ place }, index) => {
    const table = actual.tables[place.family]?.find(({ name }) => name === place.table)
    const now = new Map(table?.chains.map((chain) => [chain.name, chain]))
    const looked = basis.chains[index]
    if (looked === undefined) return false
    if (desired.scope === 'table' && table?.chains.some(({ name }) => !looked.has(name)) === true)
      return false
    return [...looked].every(([name, before]) => isSameChain(before, now.get(name)))
  })
}

/** A built-in chain of a table that does not exist yet is the same as an empty one. */
function isSameChain(before: ListedChain | undefined, now: ListedChain | undefined): boolean {
  if (before === undefined || now === undefined)
    return before === now || (before?.rules.length === 0 && before.policy === 'ACCEPT')
  const { policy, rules } = before
  return (
    policy === now.policy &&
    rules.length === now.rules.length &&
    rules.every(({ text }, index) => text === now.rules[index]?.text)
  )
}

/** Whether the sets that a plan has looked at are as they were; an entry may have come to its end. */
export function setsHold({ basis }: Plan, actual: ActualState): boolean {
  return [...basis.sets].every(([name, before]) => isSameSet(before, actual.sets.get(name)))
}

function isSameSet(before: ListedSet | undefined, now: ListedSet | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  if (before.type !== now.type || before.options.maxelem !== now.options.maxelem) return false
  const left = new Map(before.entries?.map((entry) => [entry.element, entry]))
  const same = (now.entries ?? []).every(({ element, comment, nomatch }) => {
    const entry = left.get(element)
    left.delete(element)
    return entry !== undefined && entry.comment === comment && entry.nomatch === nomatch
  })
  return same && [...left.values()].every(({ timeout = 0 }) => timeout > 0)
}
