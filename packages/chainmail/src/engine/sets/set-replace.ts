import { ContentComparison, type ContentDifference } from '@chainmail/kernel'
import { changedMeanwhile, createAside, discard } from './set-aside.ts'
import { growSet, type SetDoors, swapWhenCurrent } from './set-growth.ts'
import { optionsFor } from './set-size.ts'
import { countOf, type EntryFailure, type EntrySource, failureOf, pour } from './set-source.ts'

export interface ReplaceOptions {
  /**
   * Called for each entry that does not fit the set, which is then left out. Without it the first one ends the replace
   * and the set stays as it was.
   */
  readonly onRefused?: (failure: EntryFailure) => void
  /** About how many entries come, where the entries themselves don't tell: the new hash is sized for them. */
  readonly expected?: number
}

/**
 * Makes a set hold exactly these entries. The caller has its turn, not that of its content.
 *
 * 1. A packet sees the old content or the new one: it is filled into a set aside, which is then swapped in.
 * 2. Whatever goes wrong, a source that throws in the middle too, the set is as it was and nothing stays behind.
 * 3. A million entries need no million objects: they go to the kernel as they come, and to tell what is new, 8 bytes are
 *    kept of each entry of both contents.
 * 4. The old content is read while the new one is filled in, as it is when the replace begins.
 */
export async function replaceSet(
  doors: SetDoors,
  name: string,
  entries: EntrySource,
  { grow, onRefused, expected }: ReplaceOptions & { readonly grow: boolean },
): Promise<ContentDifference> {
  const { ipset, turns } = doors
  const set = await ipset.describe(name)
  const comparison = new ContentComparison(set.type, set.options)
  const canGrow = grow && set.options.forceadd !== true
  const count = countOf(entries)
  const coming = count ?? expected ?? set.entries
  const options = optionsFor(set, coming, canGrow && count !== undefined)
  const aside = await createAside(ipset, set.type, options)

  let isOver = false
  const fill = async (): Promise<void> => {
    await using stream = ipset.stream('add', aside, {
      exists: 'ignore',
      comparison,
      ...(onRefused === undefined ? {} : { onError: (error, entry) => onRefused(failureOf(error, entry)) }),
      ...(canGrow ? { onFull: () => growSet(doors, aside, expected).then(() => true) } : {}),
    })
    await pour(entries, stream)
  }
  const readOld = async (): Promise<void> => {
    for await (const listed of ipset.listedEntries(name)) {
      if (isOver) return
      comparison.old(listed)
    }
  }

  try {
    return await turns.journal(name, async (journal) => {
      const filled = fill().catch((reason: unknown) => {
        isOver = true
        throw reason
      })
      await both(filled, readOld())
      if (!comparison.complete)
        for await (const listed of ipset.listedEntries(aside)) comparison.fresh(listed)
      const difference = await comparison.difference()
      await turns.takeContent([name], () => swapWhenCurrent(doors, name, aside, journal))
      return difference
    })
  } catch (error) {
    throw changedMeanwhile(name, error)
  } finally {
    await discard(ipset, aside)
  }
}

/** Waits for two works, however they end. @throws what the first one, or the second, has failed with */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  for (const outcome of await Promise.allSettled([first, second]))
    if (outcome.status === 'rejected') throw outcome.reason
}
