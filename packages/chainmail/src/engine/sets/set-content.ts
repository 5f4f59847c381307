import type { EntryRequest, Ipset, SetEntry } from '@chainmail/kernel'
import { createAside, discard, swapSoon } from './set-aside.ts'
import { withBuckets } from './set-size.ts'
import { type EntrySource, pour } from './set-source.ts'

/** All entries of a set, read without holding the event loop. @throws KernelError `set-not-found` */
export async function collectEntries(ipset: Ipset, name: string): Promise<SetEntry[]> {
  const entries: SetEntry[] = []
  for await (const batch of ipset.entryBatches(name)) for (const entry of batch) entries.push(entry)
  return entries
}

/** Adds entries, or deletes them, without holding the event loop. @throws what the first refused one is refused with */
export async function changeEntries(
  ipset: Ipset,
  command: 'add' | 'del',
  name: string,
  entries: EntrySource,
  exists: 'ignore' | 'fail' = 'ignore',
): Promise<void> {
  await using stream = ipset.stream(command, name, { exists })
  await pour(entries, stream)
}

/** Adds the entries of one set to another of the same type, with all that they carry. */
export async function copyEntries(ipset: Ipset, from: string, to: string): Promise<void> {
  await using stream = ipset.stream('add', to, { exists: 'ignore' })
  for await (const entries of ipset.listedEntries(from)) await stream.copy(entries)
  await stream.flush()
}

/**
 * Makes an owned set hold exactly these entries, without holding the event loop. They are filled into a set aside, which
 * is then swapped in: a packet sees the old content or the new one. Duplicates are no error. The set is as it was when
 * this throws.
 *
 * @param count about how many there are
 * @throws ChainmailError `set-in-use` when somebody lists the set for longer than five seconds
 */
export async function fillAside(
  ipset: Ipset,
  name: string,
  entries: Iterable<EntryRequest>,
  count: number,
): Promise<void> {
  const set = await ipset.describe(name)
  const { initval: _, ...options } = set.options
  const sized = withBuckets(options, count, options.hashsize ?? 0)
  const aside = await createAside(ipset, set.type, sized)
  try {
    await changeEntries(ipset, 'add', aside, entries)
    await swapSoon(ipset, name, aside)
  } finally {
    await discard(ipset, aside)
  }
}
