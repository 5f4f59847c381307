/**
 * A set that has become too small gets a larger one in its place: a copy of its entries, with their timeouts, counters,
 * comments, marks and exceptions, that is swapped in. What a packet counts while the copy is made, a few milliseconds
 * for each 10,000 entries, is counted in the old one.
 */
import { type CreateOptions, type Ipset, KernelError, Pace, type SetDescription } from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import { changedMeanwhile, createAside, discard, swapIn, until } from './set-aside.ts'
import { doubleRoom, roomOf, withBuckets, withRoom } from './set-size.ts'
import type { SetChange, SetTurns } from './set-turns.ts'

/** With so many entries a bucket, on average, none of a million overflows its 12, and the kernel leaves the hash alone. */
const ENTRIES_A_BUCKET = 2

/** What the changes of sets need. */
export interface SetDoors {
  readonly ipset: Ipset
  readonly turns: SetTurns
}

/**
 * Makes a set twice as large. The caller has the turn of its content.
 * @throws ChainmailError `set-full` when it cannot be larger or drops entries by itself; `set-changed`, `set-not-found`
 */
export async function growSet(doors: SetDoors, name: string): Promise<void> {
  const set = await doors.ipset.describe(name)
  if (set.options.forceadd === true)
    throw new ChainmailError(
      'set-full',
      `The set ${name} was created with forceadd: it drops entries where it can, and does not grow.`,
    )
  const room = doubleRoom(set)
  if (room === undefined)
    throw new ChainmailError(
      'set-full',
      `The set ${name} holds ${set.entries} entries, and a set of type ${set.type} cannot be larger than it is.`,
    )
  await remake(doors, set, sized(withRoom(set, room), set.entries))
}

/**
 * Makes room beforehand for entries that are about to come, and a hash that need not be made anew for them. The caller
 * has the turn of its content.
 * @returns how many may come before the hash has to be made larger
 */
export async function prepareSet(
  doors: SetDoors,
  name: string,
  coming: number,
  { grow }: { readonly grow: boolean },
): Promise<number> {
  const set = await doors.ipset.describe(name)
  const room = roomOf(set)
  if (room === undefined) return Number.POSITIVE_INFINITY
  const total = set.entries + coming
  const canGrow = grow && set.options.forceadd !== true
  const options = sized(canGrow ? withRoom(set, total) : set.options, canGrow ? total : Math.min(total, room))
  const isTooSmall = roomOf({ type: set.type, options }) !== room
  const [buckets = 0, wanted = 0] = [set.options.hashsize, options.hashsize]
  // A copy pays when it is small beside what comes.
  const pays = set.entries <= coming && 4 * buckets <= wanted
  if (!isTooSmall && !pays) return Math.max(0, ENTRIES_A_BUCKET * buckets - set.entries)
  await remake(doors, set, options)
  return ENTRIES_A_BUCKET * wanted - set.entries
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
  throw new ChainmailError(
    'set-in-use',
    `Somebody has listed the set ${name} for so long that it could not be changed; it is as it was. Try again.`,
  )
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

async function copyEntries(ipset: Ipset, from: string, to: string): Promise<void> {
  using stream = ipset.stream('add', to, { exists: 'ignore' })
  for await (const entries of ipset.listedEntries(from)) await stream.copy(entries)
  await stream.flush()
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
