import { addLine, createLine, type SetDescription, type SetEntry } from '@chainmail/kernel'
import { ChainmailError, type Firewall } from 'chainmail'
import { codeOf } from '../errors.ts'
import type { History } from './history.ts'
import type { ChangedSet, Operations, Origin } from './revision.ts'
import type { Kept } from './rule-changes.ts'

/** What is read of sets to tell what has changed, and done to take it back. */
export interface ChangingSets extends Pick<Firewall, 'planBack' | 'apply'> {
  set(name: string): Promise<ReadSet>
}

/** What is read of a set. */
export interface ReadSet {
  description(): Promise<SetDescription>
  entryBatches(): AsyncIterable<readonly SetEntry[]>
}

/** Entries of a set up to which it is compared before and after a change; some 20 ms. */
export const MOST_COMPARED = 10_000

/** A set at one moment. */
export interface Snapshot {
  readonly description: SetDescription
  /** By their elements; undefined where there are too many. */
  readonly entries: ReadonlyMap<string, SetEntry> | undefined
}

/**
 * Changes sets, each change a revision. What it was is found by comparing the sets before and after, so a change of
 * others that lands between the two shows in it. A set that is large is not compared, and its change cannot be undone.
 */
export class SetChanges {
  readonly #firewall: ChangingSets
  readonly #history: History

  constructor(firewall: ChangingSets, history: History) {
    this.#firewall = firewall
    this.#history = history
  }

  /** @param names all sets that the work may change */
  around<Result>(
    origin: Origin,
    names: readonly string[],
    work: () => Promise<Result>,
  ): Promise<Kept<Result, number | undefined>> {
    return this.#history.follower.gate.enter(async () => {
      const before = await this.#snapshots(names)
      const result = await work()
      return { result, revision: await this.#keep(origin, names, before) }
    })
  }

  /** What some work has changed in sets; empty where nothing. */
  async compare<Result>(
    names: readonly string[],
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly operations: Operations }> {
    const before = await this.#snapshots(names)
    const result = await work()
    const after = await this.#snapshots(names)
    const compared = names.map((name, index) => ({ name, before: before[index], after: after[index] }))
    return { result, operations: operationsOf(compared) ?? {} }
  }

  /**
   * What some work on a set would change: it is done to a copy.
   *
   * @returns what the work returns, and the operations of the revision that it would be
   */
  async rehearse<Set extends ReadSet, Result>(
    name: string,
    set: { rehearsal(): Promise<AsyncDisposable & { readonly set: Set }> },
    work: (copy: Set) => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly operations: Operations }> {
    await using rehearsal = await set.rehearsal()
    const before = await snapshotOf(rehearsal.set)
    const result = await work(rehearsal.set)
    const after = await snapshotOf(rehearsal.set)
    return { result, operations: operationsOf([{ name, before, after }]) ?? {} }
  }

  /** What would have changed if sets became as some others are; undefined for those that would be gone. */
  async compareWith(others: ReadonlyMap<string, ReadSet | undefined>): Promise<Operations> {
    const before = await this.#snapshots([...others.keys()])
    const after = await Promise.all(Array.from(others.values(), (other) => other && snapshotOf(other)))
    const compared = [...others.keys()].map((name, index) => ({
      name,
      before: before[index],
      after: after[index],
    }))
    return operationsOf(compared) ?? {}
  }

  /** What would have changed if sets became others, or came, or went. */
  async foresee(
    names: readonly string[],
    become: (now: readonly (Snapshot | undefined)[]) => readonly (Snapshot | undefined)[],
  ): Promise<Operations> {
    const before = await this.#snapshots(names)
    const after = become(before)
    const compared = names.map((name, index) => ({ name, before: before[index], after: after[index] }))
    return operationsOf(compared) ?? {}
  }

  /**
   * The same for work that tells of what it does as it goes, and says at last how it went: that is told when the history
   * has it. What was done stays when it breaks off, and is kept too.
   */
  async *stream(
    origin: Origin,
    name: string,
    told: AsyncIterable<string>,
    isLast: (text: string) => boolean,
  ): AsyncGenerator<string, void> {
    const letGo = this.#history.follower.hold([name])
    const before = await this.#snapshots([name])
    let isKept = false
    const keep = async (): Promise<void> => {
      if (isKept) return
      isKept = true
      await this.#keep(origin, [name], before)
    }
    try {
      for await (const text of told) {
        if (isLast(text)) await keep()
        yield text
      }
    } finally {
      try {
        await keep()
      } finally {
        letGo()
      }
    }
  }

  async #keep(
    origin: Origin,
    names: readonly string[],
    before: readonly (Snapshot | undefined)[],
  ): Promise<number | undefined> {
    const after = await this.#snapshots(names)
    const operations = operationsOf(
      names.map((name, index) => ({ name, before: before[index], after: after[index] })),
    )
    if (operations === undefined) return undefined
    try {
      return await this.#history.keep({ origin, what: 'sets', operations })
    } catch (error) {
      await this.#takeBack(operations)
      throw error
    }
  }

  async #takeBack({ sets = [], irreversible = [] }: Operations): Promise<void> {
    try {
      if (irreversible[0] !== undefined) throw new Error(irreversible[0])
      const { plan } = await this.#firewall.planBack([{ chains: [], sets, time: Date.now() }])
      await this.#firewall.apply(plan)
    } catch (error) {
      throw new ChainmailError(
        'undo-failed',
        'The store refused the revision of a change of sets, and the change could not be taken back: read the sets before going on.',
        { cause: error },
      )
    }
  }

  #snapshots(names: readonly string[]): Promise<readonly (Snapshot | undefined)[]> {
    return Promise.all(names.map((name) => this.#snapshot(name)))
  }

  async #snapshot(name: string): Promise<Snapshot | undefined> {
    try {
      return await snapshotOf(await this.#firewall.set(name))
    } catch (error) {
      if (codeOf(error) === 'set-not-found') return undefined
      throw error
    }
  }
}

/** A set as it is now. */
export async function snapshotOf(set: ReadSet): Promise<Snapshot> {
  const description = await set.description()
  if (description.entries > MOST_COMPARED) return { description, entries: undefined }
  const entries = new Map<string, SetEntry>()
  for await (const batch of set.entryBatches()) for (const entry of batch) entries.set(entry.element, entry)
  return { description, entries }
}

/** What a program sees of sets. */
export type SeenSets = Pick<Firewall['setCommands'], 'names' | 'describe' | 'entries'>

/** A set as a program sees it; undefined where it sees none. */
export async function snapshotSeen(sets: SeenSets, name: string): Promise<Snapshot | undefined> {
  if (!sets.names().includes(name)) return undefined
  const [description] = await sets.describe(name)
  if (description === undefined) return undefined
  if (description.entries > MOST_COMPARED) return { description, entries: undefined }
  const entries = await sets.entries(name)
  return { description, entries: new Map(entries.map((entry) => [entry.element, entry])) }
}

interface Compared {
  readonly name: string
  readonly before: Snapshot | undefined
  readonly after: Snapshot | undefined
}

/** Undefined where nothing has changed. */
function operationsOf(compared: readonly Compared[]): Operations | undefined {
  const sets: ChangedSet[] = []
  const irreversible: string[] = []
  for (const one of compared) {
    const change = changeOf(one)
    if (change === undefined) continue
    sets.push(change)
    // A set that was made is destroyed whatever it holds.
    const isKnown = one.before === undefined || (one.before.entries !== undefined && isCompared(one.after))
    if (!isKnown)
      irreversible.push(
        `The set ${one.name} has more than ${MOST_COMPARED} entries: what was changed of them is not kept, and cannot be undone.`,
      )
  }
  if (sets.length === 0) return undefined
  return irreversible.length === 0 ? { sets } : { sets, irreversible }
}

function isCompared(snapshot: Snapshot | undefined): boolean {
  return snapshot === undefined || snapshot.entries !== undefined
}

function changeOf({ name, before, after }: Compared): ChangedSet | undefined {
  if (before === undefined) return after === undefined ? undefined : { name, do: 'destroy' }
  const { type, options } = before.description
  const create = createLine(name, type, options, { forceadd: true })
  if (after === undefined) {
    const put = Array.from(before.entries?.values() ?? [], (entry) => addLine(name, plainEntry(entry)))
    return { name, do: 'create', create, take: [], put }
  }
  if (before.entries === undefined || after.entries === undefined)
    return { name, do: 'change', create, take: [], put: [] }
  const take: string[] = []
  const put: string[] = []
  for (const [element, entry] of after.entries) {
    const was = before.entries.get(element)
    if (was !== undefined && isSame(was, entry)) continue
    take.push(element)
    if (was !== undefined) put.push(addLine(name, plainEntry(was)))
  }
  for (const [element, entry] of before.entries)
    if (!after.entries.has(element)) put.push(addLine(name, plainEntry(entry)))
  return take.length + put.length === 0 ? undefined : { name, do: 'change', create, take, put }
}

/** What is left of a timeout, and what was counted, changes by itself. */
function isSame(one: SetEntry, other: SetEntry): boolean {
  return (
    (one.timeout ?? 0) > 0 === (other.timeout ?? 0) > 0 &&
    (one.timeout ?? 0) >= (other.timeout ?? 0) &&
    one.comment === other.comment &&
    one.nomatch === other.nomatch &&
    one.skbmark === other.skbmark &&
    one.skbprio === other.skbprio &&
    one.skbqueue === other.skbqueue
  )
}

/** Counters begin anew. */
function plainEntry({ packets: _, bytes: __, ...entry }: SetEntry): SetEntry {
  return entry
}
