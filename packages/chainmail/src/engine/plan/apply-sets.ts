import type { CreateOptions, EntryRequest, Ipset, SetEntry } from '@chainmail/kernel'
import { asideName } from '../set-aside.ts'
import { changeSets, destroySets, type SetOperation } from '../set-operation.ts'
import type { Undo } from '../undo.ts'
import type { EntryChange, SetPlan } from './set-plan.ts'

/**
 * Makes new sets and changes the content of others, each in one step for a packet; what goes is left for later.
 *
 * @returns gives back what was kept for the way back
 */
export function applySets(ipset: Ipset, sets: readonly SetPlan[], undo: Undo): () => void {
  const kept: string[] = []
  for (const set of sets) {
    if (set.do === 'create') create(ipset, set, undo)
    else if (set.do === 'change') changeSets(ipset, set.entries.flatMap(operationsOf(set.name)), undo)
    else if (set.do === 'rebuild') kept.push(rebuild(ipset, set, undo))
  }
  return () => {
    for (const aside of kept) ipset.destroy(aside)
  }
}

/** Destroys the sets that go, once nothing refers to them any more. */
export async function destroyPlanned(ipset: Ipset, sets: readonly SetPlan[], undo: Undo): Promise<void> {
  const going = sets.filter((set) => set.do === 'destroy')
  if (going.length > 0)
    await destroySets(
      ipset,
      going.map(({ name }) => ({ do: 'destroy', set: name })),
      undo,
    )
}

function create(ipset: Ipset, { name, type, options, entries }: SetPlan, undo: Undo): void {
  ipset.create(name, type, options)
  undo.push(() => ipset.destroy(name))
  ipset.addMany(
    name,
    entries.map(({ entry }) => entry),
    { exists: 'ignore' },
  )
}

function operationsOf(set: string): (change: EntryChange) => readonly SetOperation[] {
  return (change) => {
    if (change.do === 'add') return [{ do: 'add', set, entry: change.entry }]
    const { element } = change.do === 'remove' ? change.entry : change.before
    const removal = { do: 'delete', set, element, exists: 'ignore' } as const
    return change.do === 'remove' ? [removal] : [removal, { do: 'add', set, entry: change.entry }]
  }
}

/** A set with the new options takes the old one's place; the old one is kept until all is done. */
function rebuild(ipset: Ipset, { name, type, options, entries }: SetPlan, undo: Undo): string {
  const aside = asideName(ipset)
  const gone = new Set(
    entries.map((change) => (change.do === 'change' ? change.before : change.entry).element),
  )
  ipset.create(aside, type, options)
  try {
    const stay = ipset.allEntries(name).filter(({ element }) => !gone.has(element))
    const come = entries.flatMap((change) => (change.do === 'remove' ? [] : [change.entry]))
    ipset.addMany(
      aside,
      stay.map((entry) => fitted(entry, options)),
    )
    ipset.addMany(aside, come, { exists: 'ignore' })
    ipset.swap(name, aside)
  } catch (error) {
    ipset.destroy(aside)
    throw error
  }
  undo.push(() => {
    ipset.swap(name, aside)
    ipset.destroy(aside)
  })
  return aside
}

/** An entry without what the new set has no room for. */
function fitted(entry: SetEntry, options: CreateOptions): EntryRequest {
  const { timeout, packets, bytes, comment, skbmark, skbprio, skbqueue, ...rest } = entry
  return {
    ...rest,
    ...(options.timeout === undefined || timeout === undefined ? {} : { timeout }),
    ...(options.counters !== true ? {} : { ...given('packets', packets), ...given('bytes', bytes) }),
    ...(options.comment !== true ? {} : given('comment', comment)),
    ...(options.skbinfo !== true
      ? {}
      : { ...given('skbmark', skbmark), ...given('skbprio', skbprio), ...given('skbqueue', skbqueue) }),
  }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  const member: { [Key in Name]?: Value } = {}
  if (value !== undefined) member[name] = value
  return member
}
