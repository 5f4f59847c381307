import { ContentComparison, type ContentDifference, type StreamOptions } from '@chainmail/kernel'
import { changedMeanwhile, createAside, discard } from './set-aside.ts'
import { growSet, type SetDoors, swapWhenCurrent } from './set-growth.ts'
import { optionsFor, SMALL } from './set-size.ts'
import { countOf, type EntryFailure, type EntrySource, failureOf, pour } from './set-source.ts'

export interface ReplaceOptions {
  /**
   * Called for each entry that does not fit the set, which is then left out. Without it the first one ends the replace
   * and the set stays as it was.
   */
  readonly onRefused?: (failure: EntryFailure) => void
}

/**
 * Makes a set hold exactly these entries. The caller has its turn, not that of its content.
 *
 * 1. A packet sees the old content or the new one: it is filled into a set aside, which is then swapped in.
 * 2. Whatever goes wrong, a source that throws in the middle too, the set is as it was and nothing stays behind.
 * 3. A million entries need no million objects: they go to the kernel as they come, and to tell what is new, some 20
 *    bytes are kept of each.
 */
export async function replaceSet(
  doors: SetDoors,
  name: string,
  entries: EntrySource,
  { grow, onRefused }: ReplaceOptions & { readonly grow: boolean },
): Promise<ContentDifference> {
  const { ipset, turns } = doors
  const set = await ipset.describe(name)
  const expected = countOf(entries) ?? set.entries
  const comparison = new ContentComparison(set.type, set.options)
  await comparison.reserve(Math.max(expected, set.entries))
  const canGrow = grow && set.options.forceadd !== true
  const aside = await createAside(ipset, set.type, optionsFor(set, expected, canGrow))
  try {
    return await turns.journal(name, async (journal) => {
      await fill(doors, aside, entries, {
        exists: 'ignore',
        comparison,
        sizedFor: Math.max(expected, SMALL),
        ...(onRefused === undefined ? {} : { onError: (error, entry) => onRefused(failureOf(error, entry)) }),
        ...(canGrow ? { onFull: () => growSet(doors, aside).then(() => true) } : {}),
      })
      for await (const listed of ipset.listedEntries(name)) comparison.old(listed)
      if (!comparison.complete)
        for await (const listed of ipset.listedEntries(aside)) comparison.fresh(listed)
      await turns.takeContent([name], () => swapWhenCurrent(doors, name, aside, journal))
      return comparison.difference()
    })
  } catch (error) {
    throw changedMeanwhile(name, error)
  } finally {
    await discard(ipset, aside)
  }
}

async function fill(
  { ipset }: SetDoors,
  aside: string,
  entries: EntrySource,
  options: StreamOptions,
): Promise<void> {
  using stream = ipset.stream('add', aside, options)
  await pour(entries, stream)
}
