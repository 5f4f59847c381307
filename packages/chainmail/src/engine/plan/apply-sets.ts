import type { CreateOptions, EntryRequest, Ipset, SetEntry } from '@chainmail/kernel'
import { createAside, discard, swapSoon } from '../sets/set-aside.ts'
import { changeEntries } from '../sets/set-content.ts'
import { type SetDoors, swapWhenCurrent } from '../sets/set-growth.ts'
import { changeSets, destroySets, type SetOperation } from '../sets/set-operation.ts'
import type { Undo } from '../transactions/undo.ts'
import type { EntryChange, SetPlan } from './set-plan.ts'

/**
 * Makes new sets and changes the content of others, each in one step for a packet; what goes is left for later.
 *
 * @returns gives back what was kept for the way back
 */
export async function applySets(
  doors: SetDoors,
  sets: readonly SetPlan[],
  undo: Undo,
): Promise<() => Promise<void>> {
  const kept: string[] = []
  for (const set of sets) {
    if (set.do === 'create') await create(doors.ipset, set, undo)
    else if (set.do === 'change') await changeSets(doors, set.entries.flatMap(operationsOf(set.name)), undo)
    else if (set.do === 'rebuild') kept.push(await rebuild(doors, set, undo))
  }
  return async () => {
    for (const aside of kept) await discard(doors.ipset, aside)
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

async function create(ipset: Ipset, { name, type, options, entries }: SetPlan, undo: Undo): Promise<void> {
  await ipset.createInThread(name, type, options)
  undo.push(() => discard(ipset, name))
  await changeEntries(
    ipset,
    'add',
    name,
    entries.map(({ entry }) => entry),
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
async function rebuild(
  doors: SetDoors,
  { name, type, options, entries }: SetPlan,
  undo: Undo,
): Promise<string> {
  const { ipset, turns } = doors
  const gone = new Set(
    entries.map((change) => (change.do === 'change' ? change.before : change.entry).element),
  )
  const stay = async function* (): AsyncGenerator<EntryRequest, void> {
    for await (const batch of ipset.entryBatches(name))
      for (const entry of batch) if (!gone.has(entry.element)) yield fitted(entry, options)
  }
  const come = entries.flatMap((change) => (change.do === 'remove' ? [] : [change.entry]))
  const aside = await createAside(ipset, type, options)
  try {
    await turns.journal(name, async (journal) => {
      await changeEntries(ipset, 'add', aside, stay())
      await changeEntries(ipset, 'add', aside, come)
      await swapWhenCurrent(doors, name, aside, journal)
    })
  } catch (error) {
    await discard(ipset, aside)
    throw error
  }
  undo.push(async () => {
    await swapSoon(ipset, name, aside)
    await discard(ipset, aside)
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
