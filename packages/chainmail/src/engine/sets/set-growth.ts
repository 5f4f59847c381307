/**
 * A set that has become too small gets a larger one in its place: a copy of its entries, with their timeouts, counters,
 * comments, marks and exceptions, that is swapped in. What a packet counts while the copy is made, a few milliseconds
 * for each 10,000 entries, is counted in the old one.
 */
import { type CreateOptions, type Ipset, KernelError, Pace, type SetDescription } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { changedMeanwhile, createAside, discard, listedTooLong, swapIn, until } from './set-aside.ts'
import { copyEntries } from './set-content.ts'
import {
  doubleRoom,
  entriesBeforeRehash,
  isHash,
  MOST_GROWN,
  roomOf,
  widened,
  withBuckets,
  withRoom,
} from './set-size.ts'
import type { SetChange, SetTurns } from './set-turns.ts'

/** What the changes of sets need. */
export interface SetDoors {
  readonly ipset: Ipset
  readonly turns: SetTurns
}

/**
 * Makes a set twice as large, or as large as doubling makes it for so many entries as are expected. The caller has the
 * turn of its content.
 * @throws ChainmailError `set-full` when it cannot be larger or drops entries by itself; `set-changed`, `set-not-found`
 */
export async function growSet(doors: SetDoors, name: string, expected?: number): Promise<void> {
  const set = await doors.ipset.describe(name)
  if (set.options.forceadd === true)
    throw new ChainmailError(
      'set-full',
      `The set ${name} was created with forceadd: it drops entries where it can, and does not grow.`,
    )
  const room = doubleRoom(set, expected)
  if (room === undefined)
    throw new ChainmailError(
      'set-full',
      isHash(set)
        ? `The set ${name} holds ${set.entries} entries, and no set grows by itself beyond ${MOST_GROWN}. Create it with a larger maxelem.`
        : `The set ${name} holds ${set.entries} entries, and a set of type ${set.type} cannot be larger than it is.`,
    )
  await remake(doors, set, sized(withRoom(set, room), room))
}

/**
 * Makes room beforehand for entries that are about to come, and a hash that need not be made anew for them. The caller
 * has the turn of its content.
 */
export async function prepareSet(
  doors: SetDoors,
  name: string,
  coming: number,
  { grow }: { readonly grow: boolean },
): Promise<void> {
  const set = await doors.ipset.describe(name)
  const room = roomOf(set)
  if (room === undefined) return
  const total = set.entries + coming
  const canGrow = grow && set.options.forceadd !== true
  const options = sized(canGrow ? withRoom(set, total) : set.options, canGrow ? total : Math.min(total, room))
  const isTooSmall = roomOf({ type: set.type, options }) !== room
  const [buckets = 0, wanted = 0] = [set.options.hashsize, options.hashsize]
  // A copy pays when it is small beside what comes.
  const pays = set.entries <= coming && 4 * buckets <= wanted
  if (isTooSmall || pays) await remake(doors, set, options)
}

/**
 * Gives a set twice as many buckets, unless it is far from needing them.
 * @returns how many entries may come before it has to be looked at again
 * @throws ChainmailError `set-changed`, `set-in-use`, `set-not-found`
 */
export async function widenHash(doors: SetDoors, name: string): Promise<number> {
  return doors.turns.takeWhole([name], async () => {
    const set = await doors.ipset.describe(name)
    const left = entriesBeforeRehash(set) - set.entries
    if (left > 0) return left
    const options = widened(set)
    if (options === undefined) return Infinity
    await remake(doors, set, options)
    return entriesBeforeRehash({ ...set, options }) - set.entries
  })
}

/**
 * Makes what was noted meanwhile to the new content and swaps that in, with nothing in between. The caller has the turn
 * of its content.
 * @throws ChainmailError `set-in-use`, `set-not-found`, `set-type-mismatch`
 */
export async function swapWhenCurrent(
  doors: SetDoors,
  name: string,
  aside: string,
  journal: readonly SetChange[],
): Promise<void> {
  const pace = new Pace()
  let made = 0
  const makeNext = async (): Promise<void> => {
    try {
      journal[made]?.(aside)
      made++
    } catch (error) {
      if (!isFull(error)) throw error
      await growSet(doors, aside)
    }
  }
  const swapped = await until(async () => {
    while (made < journal.length) {
      await makeNext()
      await pace.step()
    }
    return swapIn(doors.ipset, name, aside)
  })
  if (swapped) return
  throw listedTooLong(name)
}

export function isFull(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'set-full'
}

async function remake(doors: SetDoors, set: SetDescription, options: CreateOptions): Promise<void> {
  const { ipset, turns } = doors
  const { name } = set
  const aside = await larger(ipset, set, options)
  try {
    await turns.journal(name, async (journal) => {
      await copyEntries(ipset, name, aside)
      if (!isSame(set, await ipset.describe(name)))
        throw new ChainmailError(
          'set-changed',
          `Somebody else has put another set in the place of ${name} while it was being made larger; that one is as it was. Try again.`,
        )
      await swapWhenCurrent(doors, name, aside, journal)
    })
  } catch (error) {
    throw changedMeanwhile(name, error)
  } finally {
    await discard(ipset, aside)
  }
}

async function larger(
  ipset: Ipset,
  { name, type, entries }: SetDescription,
  options: CreateOptions,
): Promise<string> {
  try {
    return await createAside(ipset, type, options)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    throw new ChainmailError(
      'set-full',
      `The set ${name} holds ${entries} entries and could not be made larger: ${error.message}`,
      { cause: error },
    )
  }
}

function sized(options: CreateOptions, entries: number): CreateOptions {
  return withBuckets(options, entries, options.hashsize ?? 0)
}

/** Whether it is the same content: the kernel gives each hash a start value at random. */
function isSame(one: SetDescription, other: SetDescription): boolean {
  return (
    one.type === other.type &&
    one.family === other.family &&
    one.options.initval === other.options.initval &&
    roomOf(one) === roomOf(other)
  )
}
