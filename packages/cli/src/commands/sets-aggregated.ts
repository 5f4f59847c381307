import type { AggregatedList, CoverChange, EntryRequest } from 'chainmail'
import type { BulkOutcome, Replacement, SetFacts, SetsAccess } from '../access/sets.ts'
import { EXAMPLES } from '../access/sets.ts'
import { asRefusal, quoted, refusal } from '../refusal.ts'

/**
 * Sets of networks that are held merged: the set has the fewest networks that cover the same addresses, and a second
 * set beside it, to which no rule refers, has each of them as it was given. So every process of the host, the daemon
 * or not, can take out one of them.
 *
 * What is to be covered is added before what is no longer needed is deleted: no packet finds a hole.
 */

/** Behind the name of a set, the name of the one that keeps its networks as they were given. */
export const SUFFIX = '~all'

const TYPE = 'hash:net'

/** A hash:net holds at most this many; it costs no memory before they are there. */
const MAX_ENTRIES = 2 ** 24

/** The kernel's limit for the name of a set, in bytes. */
const LONGEST_NAME = 31

/** The set that keeps the networks of another one as they were given, if there is one. */
async function keeperOf(sets: SetsAccess, name: string): Promise<SetFacts | undefined> {
  if (name.endsWith(SUFFIX) || Buffer.byteLength(name + SUFFIX) > LONGEST_NAME) return undefined
  try {
    return (await sets.describe(name + SUFFIX)).value
  } catch (error) {
    if (asRefusal(error)?.code === 'set-not-found') return undefined
    throw error
  }
}

export interface AggregatedLoad extends Replacement {
  /** How many networks are known as they were given. */
  readonly originals: number
  /** How many the set holds for them. */
  readonly networks: number
}

/**
 * Fills a set with the fewest networks that cover the entries, and beside it keeps each of them.
 *
 * @param replaces whether what the set held before goes
 */
export async function load(
  sets: SetsAccess,
  { name, type, options }: SetFacts,
  entries: AsyncIterable<EntryRequest>,
  replaces: boolean,
): Promise<AggregatedLoad> {
  if (type !== TYPE)
    throw cannotMerge(`Only a set of the type ${TYPE} can hold merged networks, and ${name} is ${type}.`)
  if (Buffer.byteLength(name + SUFFIX) > LONGEST_NAME)
    throw cannotMerge(
      `A set with merged networks has a name of at most ${LONGEST_NAME - SUFFIX.length} bytes, since ${SUFFIX} is put behind it.`,
    )
  const keeper = await keeperOf(sets, name)
  const { AggregatedList } = await import('chainmail/lists')
  const list = new AggregatedList()
  const before = keeper === undefined ? undefined : await elementsIn(sets, keeper.name)
  if (!replaces) for (const element of before ?? (await elementsIn(sets, name))) list.insert(element)
  for await (const entry of entries) list.insert(plainElement(entry))
  const kept = { family: options.family ?? 'inet', maxelem: MAX_ENTRIES }
  if (keeper === undefined) await sets.create(name + SUFFIX, TYPE, kept)
  try {
    const size = { expected: list.size }
    await sets.replace(name + SUFFIX, requests(list.originals()), size)
    const outcome = await sets.replace(name, requests(list.cover()), size)
    return { ...outcome, originals: list.size, networks: outcome.added + outcome.kept }
  } catch (error) {
    if (before === undefined) await sets.destroy(name + SUFFIX)
    else await sets.replace(name + SUFFIX, requests(before))
    throw error
  }
}

async function elementsIn(sets: SetsAccess, name: string): Promise<readonly string[]> {
  const elements: string[] = []
  for await (const { element } of sets.entries(name)) elements.push(element)
  return elements
}

/** Adds entries, to the networks of a merged set as well. */
export async function add(
  sets: SetsAccess,
  name: string,
  entries: readonly EntryRequest[],
): Promise<BulkOutcome> {
  const keeper = await keeperOf(sets, name)
  if (keeper === undefined) return sets.add(name, each(entries))
  const { coverWith } = await import('chainmail/lists')
  let list: AggregatedList | undefined
  return changeEach(entries, async (entry) => {
    const element = plainElement(entry)
    const change =
      list === undefined ? await coverWith(element, (asked) => sets.test(name, asked)) : undefined
    if (change === undefined) list ??= await listIn(sets, keeper)
    const changed = change ?? list?.add(element) ?? { add: [], delete: [] }
    certain(await sets.add(keeper.name, requests([element])))
    await apply(sets, name, changed)
  })
}

/** Takes entries out; of a merged set as they were given. */
export async function remove(
  sets: SetsAccess,
  name: string,
  entries: readonly EntryRequest[],
): Promise<BulkOutcome> {
  const keeper = await keeperOf(sets, name)
  if (keeper === undefined) return sets.delete(name, each(entries))
  const { coverWithout } = await import('chainmail/lists')
  let list: AggregatedList | undefined
  return changeEach(entries, async ({ element }) => {
    const change =
      list === undefined
        ? await coverWithout(
            element,
            (asked) => sets.test(keeper.name, asked),
            (asked) => sets.test(name, asked),
          )
        : undefined
    if (change === undefined) list ??= await listIn(sets, keeper)
    await apply(sets, name, change ?? list?.delete(element) ?? { add: [], delete: [] })
    certain(await sets.delete(keeper.name, requests([element])))
  })
}

async function listIn(sets: SetsAccess, keeper: SetFacts): Promise<AggregatedList> {
  const { AggregatedList } = await import('chainmail/lists')
  const list = new AggregatedList()
  for await (const { element } of sets.entries(keeper.name)) list.insert(element)
  return list
}

async function apply(sets: SetsAccess, name: string, change: CoverChange): Promise<void> {
  if (change.add.length > 0) certain(await sets.add(name, requests(change.add)))
  // One that another program took out meanwhile is gone, as it should be.
  if (change.delete.length > 0) await sets.delete(name, requests(change.delete))
}

/** @throws Refusal for the first entry that was refused */
function certain({ examples: [first] }: BulkOutcome): void {
  if (first !== undefined) throw refusal(first.code, first.code.replaceAll('-', ' '), first.message)
}

async function changeEach(
  entries: readonly EntryRequest[],
  change: (entry: EntryRequest) => Promise<void>,
): Promise<BulkOutcome> {
  const examples: { index: number; code: string; message: string }[] = []
  let refused = 0
  for (const [index, entry] of entries.entries()) {
    try {
      await change(entry)
    } catch (error) {
      const told = asRefusal(error)
      if (told === undefined) throw error
      refused++
      if (examples.length < EXAMPLES) examples.push({ index, code: told.code, message: told.message })
    }
  }
  return { accepted: entries.length - refused, refused, examples }
}

/** Does the same with a set and with the one that keeps its networks, if there is one. */
export async function both(
  sets: SetsAccess,
  name: string,
  change: (sets: SetsAccess, name: string) => Promise<void>,
): Promise<void> {
  const keeper = await keeperOf(sets, name)
  await change(sets, name)
  if (keeper !== undefined) await change(sets, keeper.name)
}

export async function rename(sets: SetsAccess, name: string, newName: string): Promise<void> {
  const keeper = await keeperOf(sets, name)
  if (keeper !== undefined && Buffer.byteLength(newName + SUFFIX) > LONGEST_NAME)
    throw cannotMerge(
      `${quoted(newName)} is too long for a set with merged networks: ${SUFFIX} has to fit behind it.`,
    )
  await sets.rename(name, newName)
  if (keeper !== undefined) await sets.rename(keeper.name, newName + SUFFIX)
}

export async function swap(sets: SetsAccess, name: string, other: string): Promise<void> {
  const one = await keeperOf(sets, name)
  const two = await keeperOf(sets, other)
  await sets.swap(name, other)
  if (one !== undefined && two !== undefined) await sets.swap(one.name, two.name)
  else if (one !== undefined) await sets.rename(one.name, other + SUFFIX)
  else if (two !== undefined) await sets.rename(two.name, name + SUFFIX)
}

/** The network of an entry that can be merged with others. */
function plainElement({ element, ...options }: EntryRequest): string {
  const [option] = Object.keys(options).filter((name) => name !== 'comment')
  if (option === undefined) return element
  throw cannotMerge(
    `${quoted(element)} has the option ${option}, which would be lost when it is merged with others.`,
  )
}

function cannotMerge(detail: string): Error {
  return refusal('cannot-merge', 'Networks that cannot be merged', detail)
}

async function* requests(elements: Iterable<string>): AsyncGenerator<EntryRequest, void> {
  for (const element of elements) yield { element }
}

async function* each(entries: readonly EntryRequest[]): AsyncGenerator<EntryRequest, void> {
  yield* entries
}
