import { setTimeout } from 'node:timers/promises'
import type { CreateOptions, EntryRequest, Ipset, SetEntry } from '@chainmail/kernel'
import { asideName } from './set-aside.ts'
import { describeSet } from './set-content.ts'
import type { Undo } from './undo.ts'

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

/** Creates the new sets and changes the content of sets, each set in one step for a packet. */
export function changeSets(ipset: Ipset, operations: readonly SetOperation[], undo: Undo): void {
  const created = new Set<string>()
  for (const operation of operations) {
    if (operation.do !== 'create') continue
    const { set, type, options } = operation
    ipset.create(set, type, options)
    undo.push(() => ipset.destroy(set))
    created.add(set)
  }
  const content = operations.filter((operation) => operation.do !== 'create' && operation.do !== 'destroy')
  for (const [set, changes] of Map.groupBy(content, (operation) => operation.set)) {
    if (created.has(set)) for (const change of changes) apply(ipset, set, change)
    else if (!changeInPlace(ipset, set, changes, undo)) changeAside(ipset, set, changes, undo)
  }
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
function changeAside(ipset: Ipset, set: string, changes: readonly ContentOperation[], undo: Undo): void {
  const { type, options } = describeSet(ipset, set)
  const before = ipset.allEntries(set)
  const aside = asideName(ipset)
  ipset.create(aside, type, options)
  try {
    ipset.addMany(aside, before)
    for (const change of changes) apply(ipset, aside, change)
    ipset.swap(set, aside)
  } finally {
    ipset.destroy(aside)
  }
  undo.push(() => putBack(ipset, set, changes, before))
}

function apply(ipset: Ipset, set: string, change: ContentOperation): void {
  if (change.do === 'flush') ipset.flush(set)
  else if (change.do === 'add') ipset.add(set, change.entry, { exists: 'ignore' })
  else ipset.del(set, change.element, { exists: change.exists })
}

/** What others have changed in the set meanwhile stays. */
function putBack(
  ipset: Ipset,
  set: string,
  changes: readonly ContentOperation[],
  before: readonly SetEntry[],
): void {
  for (const change of changes) {
    if (change.do === 'add') ipset.del(set, change.entry.element, { exists: 'ignore' })
  }
  const flushed = changes.some((change) => change.do === 'flush')
  const touched = new Set(changes.flatMap((change) => (change.do === 'flush' ? [] : [elementOf(change)])))
  const lost = flushed ? before : before.filter(({ element }) => touched.has(element))
  ipset.addMany(set, lost, { exists: 'ignore' })
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
  while (describeSet(ipset, set).references > 0 && performance.now() < deadline) await setTimeout(2)
}
