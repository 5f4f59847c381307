import { addLine, createLine, type EntryRequest, type Ipset, type SetEntry } from '@chainmail/kernel'
import { entryBatches, isAbsence } from '../sets/entry-batches.ts'
import type { SetOperation } from '../sets/set-operation.ts'
import type { TouchedEntries, TouchedSet } from './journal.ts'

/** What operations of a transaction touch of sets, from what these hold now. Sets that are not there are left out. */
export async function touchedByOperationsOn(
  ipset: Ipset,
  operations: readonly SetOperation[],
): Promise<readonly TouchedSet[]> {
  const touched: TouchedSet[] = []
  for (const [name, changes] of Map.groupBy(operations, ({ set }) => set)) {
    const header = headerOf(ipset, name)
    if (header === undefined) {
      if (changes.some((change) => change.do === 'create')) touched.push({ name, do: 'destroy' })
      continue
    }
    const { type, options } = await ipset.describe(name)
    const create = createLine(name, type, options, { forceadd: true })
    const isDestroyed = changes.some((change) => change.do === 'destroy')
    const isWhole = isDestroyed || changes.some((change) => change.do === 'flush')
    const named = new Set(changes.flatMap(elementsOf))
    const put: string[] = []
    for await (const batch of entryBatches(ipset, name))
      for (const entry of batch) if (isWhole || named.has(entry.element)) put.push(addLine(name, entry))
    const take = changes.flatMap((change) => (change.do === 'add' ? [change.entry.element] : []))
    touched.push({ name, do: isDestroyed ? 'create' : 'change', create, take: isDestroyed ? [] : take, put })
  }
  return touched
}

/** What putting entries into a set touches, from what it holds now. */
export async function touchedByEntries(
  ipset: Ipset,
  name: string,
  entries: readonly EntryRequest[],
): Promise<TouchedEntries> {
  const elements = new Set(entries.map(({ element }) => element))
  const before: SetEntry[] = []
  for await (const batch of entryBatches(ipset, name))
    for (const entry of batch) if (elements.has(entry.element)) before.push(entry)
  return touchedEntries(name, entries, before)
}

export function touchedEntries(
  name: string,
  come: readonly Pick<EntryRequest, 'element' | 'wildcard'>[],
  before: readonly SetEntry[],
): TouchedEntries {
  const take = come.map(({ element, wildcard }) =>
    addLine(name, wildcard === undefined ? { element } : { element, wildcard }),
  )
  return { name, do: 'entries', take, put: before.map((entry) => addLine(name, entry)) }
}

function headerOf(ipset: Ipset, name: string): unknown {
  try {
    return ipset.header(name)
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

function elementsOf(change: SetOperation): readonly string[] {
  if (change.do === 'add') return [change.entry.element]
  return change.do === 'delete' ? [change.element] : []
}
