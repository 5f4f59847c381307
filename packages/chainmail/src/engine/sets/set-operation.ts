import { setTimeout } from 'node:timers/promises'
import type { CreateOptions, EntryInput, EntryRequest, Ipset, SetEntry } from '@chainmail/kernel'
import type { Undo } from '../transactions/undo.ts'
import { asideName, createAside, discard } from './set-aside.ts'
import { changeEntries, collectEntries, copyEntries } from './set-content.ts'
import { type SetDoors, swapWhenCurrent } from './set-growth.ts'

/** One change of a set, with every value already checked. */
export type SetOperation =
  | { readonly do: 'create'; readonly set: string; readonly type: string; readonly options: CreateOptions }
  | { readonly do: 'destroy'; readonly set: string }
  | { readonly do: 'flush'; readonly set: string }
  | { readonly do: 'add'; readonly set: string; readonly entry: EntryRequest }
  | {
      readonly do: 'delete'
      readonly set: string
      readonly element: string
      readonly exists: 'ignore' | 'fail'
    }

type ContentOperation = Exclude<SetOperation, { do: 'create' | 'destroy' }>

/** Creates the new sets and changes the content of sets, each set in one step for a packet. The caller has their turns. */
export async function changeSets(
  doors: SetDoors,
  operations: readonly SetOperation[],
  undo: Undo,
): Promise<void> {
  const { ipset } = doors
  const created = new Set<string>()
  for (const operation of operations) {
    if (operation.do !== 'create') continue
    const { set, type, options } = operation
    ipset.create(set, type, options)
    undo.push(() => ipset.destroy(set))
    created.add(set)
  }
  for (const [set, changes] of contentOf(operations)) {
    if (created.has(set)) await applyContent(ipset, set, changes)
    else if (!changeInPlace(ipset, set, changes, undo)) await changeAside(doors, set, changes, undo)
  }
}

/** What changes in each set. */
export function contentOf(
  operations: readonly SetOperation[],
): ReadonlyMap<string, readonly ContentOperation[]> {
  const content = operations.filter((operation) => operation.do !== 'create' && operation.do !== 'destroy')
  return Map.groupBy(content, (operation) => operation.set)
}

/** One new entry needs no copy of the set: it is there or not. */
function changeInPlace(ipset: Ipset, set: string, changes: readonly ContentOperation[], undo: Undo): boolean {
  const [only, ...more] = changes
  if (only?.do !== 'add' || more.length > 0) return false
  try {
    ipset.add(set, only.entry)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'entry-exists') return false
    throw error
  }
  undo.push(() => ipset.del(set, only.entry.element, { exists: 'ignore' }))
  return true
}

/** The changes are made to a copy, which is swapped in. What is undone later is undone entry by entry. */
async function changeAside(
  doors: SetDoors,
  set: string,
  changes: readonly ContentOperation[],
  undo: Undo,
): Promise<void> {
  const { ipset, turns } = doors
  const { type, options } = await ipset.describe(set)
  const aside = await createAside(ipset, type, options)
  let lost: readonly SetEntry[] = []
  try {
    await turns.journal(set, async (journal) => {
      await copyEntries(ipset, set, aside)
      lost = await touchedEntries(ipset, aside, changes)
      await applyContent(ipset, aside, changes)
      await swapWhenCurrent(doors, set, aside, journal)
    })
  } finally {
    await discard(ipset, aside)
  }
  undo.push(() => putBack(ipset, set, changes, lost))
}

/** The entries of a set that some changes may take out of it, or change. */
async function touchedEntries(
  ipset: Ipset,
  set: string,
  changes: readonly ContentOperation[],
): Promise<readonly SetEntry[]> {
  if (changes.some((change) => change.do === 'flush')) return collectEntries(ipset, set)
  const touched = new Set(changes.flatMap((change) => (change.do === 'flush' ? [] : [elementOf(change)])))
  const entries: SetEntry[] = []
  for await (const batch of ipset.entryBatches(set))
    for (const entry of batch) if (touched.has(entry.element)) entries.push(entry)
  return entries
}

/** Makes changes in their order; those of one kind that follow each other go together. */
export async function applyContent(
  ipset: Ipset,
  set: string,
  changes: readonly ContentOperation[],
): Promise<void> {
  for (let index = 0; index < changes.length; ) {
    const [first] = changes.slice(index, index + 1)
    if (first === undefined) return
    const end = changes.findIndex((change, at) => at > index && kindOf(change) !== kindOf(first))
    const alike = changes.slice(index, end === -1 ? changes.length : end)
    if (first.do === 'flush') await ipset.flushInThread(set)
    else if (first.do === 'add') await changeEntries(ipset, 'add', set, alike.flatMap(entriesOf))
    else await changeEntries(ipset, 'del', set, alike.flatMap(entriesOf), first.exists)
    index += alike.length
  }
}

function kindOf(change: ContentOperation): string {
  return change.do === 'delete' ? `delete, ${change.exists}` : change.do
}

function entriesOf(change: ContentOperation): EntryInput[] {
  if (change.do === 'flush') return []
  return [change.do === 'add' ? change.entry : change.element]
}

/** What others have changed in the set meanwhile stays. */
async function putBack(
  ipset: Ipset,
  set: string,
  changes: readonly ContentOperation[],
  lost: readonly SetEntry[],
): Promise<void> {
  const added = changes.flatMap((change) => (change.do === 'add' ? [change.entry.element] : []))
  await changeEntries(ipset, 'del', set, added)
  await changeEntries(ipset, 'add', set, lost)
}

function elementOf(change: Exclude<ContentOperation, { do: 'flush' }>): string {
  return change.do === 'add' ? change.entry.element : change.element
}

/** Milliseconds that the kernel may take to forget a rule that referred to a set. */
const RELEASE_TIME = 1_000

/** Sets that are to go are renamed first, which the kernel refuses while anything refers to them; then they go. */
export async function destroySets(
  ipset: Ipset,
  operations: readonly SetOperation[],
  undo: Undo,
): Promise<void> {
  const renamed: string[] = []
  for (const { do: verb, set } of operations) {
    if (verb !== 'destroy') continue
    await released(ipset, set)
    const aside = asideName(ipset)
    ipset.rename(set, aside)
    undo.push(() => ipset.rename(aside, set))
    renamed.push(aside)
  }
  for (const aside of renamed) ipset.destroy(aside)
}

/**
 * Waits until nothing refers to the set. nf_tables frees what a commit has deleted a little after it has answered,
 * and the references that it held go only then.
 */
async function released(ipset: Ipset, set: string): Promise<void> {
  const deadline = performance.now() + RELEASE_TIME
  while (ipset.isReferenced(set) && performance.now() < deadline) await setTimeout(2)
}
