import type { Family } from '@chainmail/kernel'
import { ChainmailError, type Difference } from 'chainmail'
import { storeFailed } from '../errors.ts'
import { originKey } from '../history/ban-recorder.ts'
import type { History, Recorded } from '../history/history.ts'
import type { Change, Origin, RfwEntry } from '../history/revision.ts'
import type { RestoreTerms } from '../history/rollback.ts'
import type { Store } from '../store.ts'
import { parseCommand } from './command.ts'
import { type Decision, decide, type Request } from './decision.ts'
import { Entries, type PlacedEntry, type Scope, scopes } from './entries.ts'
import { type Chain, type Entry, keyOf, pathOf } from './entry.ts'
import { EntryStore } from './entry-store.ts'
import type { FamilySnapshot, KernelDoor, ScopeChange } from './kernel-door.ts'
import { type ListedEntry, listScope } from './listing.ts'
import { changeOf, contentSteps, driftOf, reverseOf, viewOf } from './scope-change.ts'
import { defaultSettings } from './settings.ts'

export interface EntryBookOptions {
  readonly kernel: KernelDoor
  readonly store: Store
  readonly history?: History | undefined
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault?: (error: unknown, about: string) => void
}

interface Waiting {
  readonly request: Request
  readonly origin: Origin
  readonly recorded: (revision: number | undefined) => void
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Requests that go into one change of the kernel. */
const GROUP_SIZE = 256

/** The longest that setTimeout waits, in milliseconds; and how soon it tries again after a failure. */
const LONGEST_WAIT = 2 ** 31 - 1
const RETRY_AFTER = 5_000

/** Who asks, where nobody says. */
const ownOrigin: Origin = { who: 'rfw', door: 'rfw' }

/** In the order of iptables(8), -L. */
const listedChains: readonly Chain[] = ['input', 'forward', 'output']

/**
 * The entries that rfw's requests made: the store says what they should be, the kernel keeps them.
 *
 * 1. An answer comes after the kernel and the store have the change, or neither: the kernel first, then the store;
 *    when the store fails, the kernel's part is taken back. A process that dies between the two starts anew with
 *    {@link open}, which makes the kernel equal to the store.
 * 2. Requests are carried out one after the other, in their order. Those that wait while a change is made go into
 *    the next one together; one that is refused fails alone.
 * 3. The kernel is the truth: each group looks at it first, so that what others have done meanwhile, a flush of the
 *    chains too, is made good before anybody is told that an address is blocked.
 * 4. Entries end by the kernel's timeouts where they stand in sets; the others are taken away here.
 */
export class EntryBook {
  readonly #kernel: KernelDoor
  readonly #store: Store
  readonly #history: History | undefined
  readonly #table: EntryStore
  readonly #now: () => number
  readonly #onFault: (error: unknown, about: string) => void
  #entries = new Entries()
  #waiting: Waiting[] = []
  #last: Promise<void> = Promise.resolve()
  #draining = false
  #timer: NodeJS.Timeout | undefined
  /** Whether the sets may hold something else than the entries say. */
  #doubtful = true
  #closed = false

  constructor({ kernel, store, history, now = Date.now, onFault = () => undefined }: EntryBookOptions) {
    this.#kernel = kernel
    this.#store = store
    this.#history = history
    this.#table = new EntryStore(store.database)
    this.#now = now
    this.#onFault = onFault
  }

  /**
   * Makes the kernel hold exactly the entries of the store, in their order and with the time that is left of each.
   * Where that fails, it is tried again before the next request.
   *
   * @returns how many there are
   */
  async open(): Promise<number> {
    this.#entries = new Entries(this.#table.load(this.#now()))
    await this.#alone(() => this.#carryOut([], this.#kernel.families)).finally(() => this.#setTimer())
    return [...this.#entries].length
  }

  /**
   * Resolves when the kernel and the store have the entry. One that is there already is renewed in its place.
   *
   * @param seconds until it ends; 0 for ever
   * @returns the number of the change in the history; undefined where nothing had to be changed
   * @throws DaemonError `store-failed`, and what the library refuses
   */
  put(entry: Entry, seconds: number, origin: Origin = ownOrigin): Promise<number | undefined> {
    return this.#enqueue({ do: 'put', entry, seconds }, origin)
  }

  /** Resolves when neither the kernel nor the store has the entry; it is no error when they had not. */
  delete(entry: Entry, origin: Origin = ownOrigin): Promise<number | undefined> {
    return this.#enqueue({ do: 'delete', entry }, origin)
  }

  /** The entry as it is held; undefined where there is none. */
  find(entry: Entry): Pick<PlacedEntry, 'until'> | undefined {
    return this.#entries.of(entry).get(entry)
  }

  /**
   * Makes entries what they were before some changes; those that would have ended since are gone.
   *
   * @param changes from what each is to what it was
   * @returns the numbers of the revisions; none where nothing was to be done
   * @throws what {@link put} throws
   */
  async restore(
    changes: readonly Change<RfwEntry>[],
    origin: Origin,
    { afterProbation = false }: RestoreTerms = {},
  ): Promise<readonly number[]> {
    const now = this.#now()
    const made = await Promise.all(
      changes.map(({ before, after }) => {
        if (afterProbation && !this.#isUnchanged({ before, after }, now)) return undefined
        const seconds = after?.until === undefined ? 0 : Math.ceil((after.until - now) / 1000)
        if (after !== undefined && (after.until === undefined || seconds > 0))
          return this.put(entryOfPath(after.path), seconds, origin)
        const path = before?.path ?? after?.path
        return path === undefined ? undefined : this.delete(entryOfPath(path), origin)
      }),
    )
    return [...new Set(made)].filter((revision) => revision !== undefined)
  }

  /** Whether an entry is still what it is changed from; one that has ended is none. */
  #isUnchanged({ before, after }: Change<RfwEntry>, now: number): boolean {
    const path = before?.path ?? after?.path
    const held = path === undefined ? undefined : this.find(entryOfPath(path))
    const isLive = (one: { readonly until?: number | undefined } | undefined): boolean =>
      one !== undefined && (one.until === undefined || one.until > now)
    return isLive(before) === isLive(held) && (!isLive(held) || before?.until === held?.until)
  }

  /** The simple rules of a chain, or of all, whoever made them, in the order in which packets meet them. */
  async list(chain?: Chain): Promise<ListedEntry[]> {
    const read = async (family: Family) => [family, await this.#kernel.readCounters(family)] as const
    const snapshots = new Map(await Promise.all(this.#kernel.families.map(read)))
    const listed: ListedEntry[] = []
    for (const name of chain === undefined ? listedChains : [chain])
      for (const [family, snapshot] of snapshots)
        listed.push(...(await listScope({ chain: name, family }, snapshot, this.#kernel)))
    return listed
  }

  get families(): readonly Family[] {
    return this.#kernel.families
  }

  /**
   * What others have done to the rules and sets of the entries; undefined for nothing. The content of a set that is
   * there is not looked at.
   */
  async drift(): Promise<Difference | undefined> {
    let changes: ScopeChange[] = []
    await this.#alone(async () => {
      const now = this.#now()
      const snapshots = await this.#read(new Set(this.#kernel.families))
      if (scopes.some((scope) => this.#entries.of(scope).needsSweep(now))) return
      const decision = this.#decide([], snapshots, now)
      const found = decision.scopes.map((scope) => changeOf(scope, this.#entries))
      changes = found.filter((change) => change !== undefined)
      this.#entries.revert(decision.changes)
    })
    return changes.length === 0 ? undefined : driftOf(changes)
  }

  /** Makes the kernel hold exactly the entries again. */
  repair(): Promise<void> {
    return this.#alone(async () => {
      this.#doubtful = true
      await this.#carryOut([], this.#kernel.families)
    })
  }

  /** Refuses further requests, and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#last
    clearTimeout(this.#timer)
  }

  #enqueue(request: Request, origin: Origin): Promise<number | undefined> {
    if (this.#closed) return Promise.reject(new ChainmailError('closed', 'The daemon is closing.'))
    return new Promise((resolve, reject) => {
      let revision: number | undefined
      const recorded = (number: number | undefined): void => {
        revision = number
      }
      this.#waiting.push({ request, origin, recorded, resolve: () => resolve(revision), reject })
      this.#drain()
    })
  }

  /** Runs the work when everything that was begun before is done. */
  #alone(work: () => Promise<void>): Promise<void> {
    const run = this.#last.then(work)
    this.#last = run.catch(() => undefined)
    return run
  }

  /** Answers all that waits, and takes away what has ended. Never rejects. */
  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    void this.#alone(async () => {
      while (this.#waiting.length > 0) await this.#answer(this.#takeGroup())
      await this.#takeEnded()
      this.#draining = false
      this.#setTimer()
    })
  }

  /** What waits, up to the second request about the same entry. */
  #takeGroup(): Waiting[] {
    const keys = new Set<string>()
    let size = 0
    for (const { request } of this.#waiting) {
      const key = keyOf(request.entry)
      if (size === GROUP_SIZE || keys.has(key)) break
      keys.add(key)
      size += 1
    }
    return this.#waiting.splice(0, size)
  }

  async #answer(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#carryOut(group)
      for (const { resolve } of group) resolve()
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error)
      else for (const one of group) await this.#answer([one])
    }
  }

  async #carryOut(group: readonly Waiting[], alsoOf: readonly Family[] = []): Promise<void> {
    const requests = group.map(({ request }) => request)
    const families = new Set([...alsoOf, ...requests.map(({ entry }) => entry.family)])
    if (this.#doubtful) for (const family of this.#kernel.families) families.add(family)
    const snapshots = await this.#read(families)
    const now = this.#now()
    const decision = this.#decide(requests, snapshots, now)
    try {
      const changes = await this.#changesOf(decision, now)
      // Until the kernel has acknowledged, nobody knows what the sets hold.
      this.#doubtful = true
      if (changes.length > 0) await this.#kernel.apply(changes)
    } catch (error) {
      this.#entries.revert(decision.changes)
      await this.#takeBack([])
      throw error
    }
    await this.#save(decision, group)
    this.#doubtful = false
  }

  async #read(families: ReadonlySet<Family>): Promise<Map<Family, FamilySnapshot>> {
    const read = async (family: Family) => [family, await this.#kernel.read(family)] as const
    return new Map(await Promise.all(Array.from(families, read)))
  }

  #decide(
    requests: readonly Request[],
    snapshots: ReadonlyMap<Family, FamilySnapshot>,
    now: number,
  ): Decision {
    const view = (scope: Scope) => {
      const snapshot = snapshots.get(scope.family)
      return snapshot === undefined ? undefined : viewOf(scope, snapshot)
    }
    return decide(this.#entries, view, requests, now)
  }

  async #changesOf(decision: Decision, now: number): Promise<ScopeChange[]> {
    const changes: ScopeChange[] = []
    for (const scope of decision.scopes) {
      const setSteps = this.#doubtful
        ? await contentSteps(scope, this.#entries, this.#kernel, now)
        : scope.setSteps
      const change = changeOf({ ...scope, setSteps }, this.#entries)
      if (change !== undefined) changes.push(change)
    }
    return changes
  }

  async #save(decision: Decision, group: readonly Waiting[]): Promise<void> {
    if (decision.changes.length === 0) return
    try {
      const recorded = (this.#history ?? this.#store).transaction(() => {
        this.#table.save(decision.changes)
        return this.#record(decision, group)
      })
      for (const { done } of recorded) done()
    } catch (error) {
      this.#entries.revert(decision.changes)
      await this.#takeBack(decision.scopes.map(reverseOf))
      throw storeFailed(error)
    }
  }

  /** All that one and the same has asked for is one revision. What has ended by itself is nobody's change. */
  #record({ changes }: Decision, group: readonly Waiting[]): readonly Recorded[] {
    const history = this.#history
    const [first] = group
    if (history === undefined || first === undefined) return []
    const byKey = new Map(group.map((one) => [keyOf(one.request.entry), one]))
    const askers = Map.groupBy(changes, (change) => {
      const entry = (change.after ?? change.before)?.entry
      const asker = entry === undefined ? undefined : byKey.get(keyOf(entry))
      return originKey((asker ?? first).origin)
    })
    return Array.from(askers, ([key, own]) => {
      const of = group.filter(({ origin }) => originKey(origin) === key)
      const rfw = own.map(({ before, after }) => ({ before: keptEntry(before), after: keptEntry(after) }))
      const { origin } = of[0] ?? first
      const made = history.record({ origin, what: 'rfw', operations: { rfw } })
      for (const { recorded } of of) recorded(made.number)
      return made
    })
  }

  /** Brings the kernel back to what the entries say, after they were reverted. */
  async #takeBack(reversed: readonly ScopeChange[]): Promise<void> {
    try {
      await this.#kernel.apply(reversed)
      const now = this.#now()
      const repair = this.#decide([], await this.#read(new Set(this.#kernel.families)), now)
      const changes = await this.#changesOf(repair, now)
      // The store is not asked again so soon: what has ended is taken away anew the next time.
      this.#entries.revert(repair.changes)
      await this.#kernel.apply(changes)
      this.#doubtful = false
    } catch (error) {
      this.#onFault(error, 'a change that failed could not be taken back; the next request tries again')
    }
  }

  async #takeEnded(): Promise<void> {
    const now = this.#now()
    const families = scopes
      .filter((scope) => this.#entries.of(scope).needsSweep(now))
      .map(({ family }) => family)
    if (families.length === 0) return
    try {
      await this.#carryOut([], families)
    } catch (error) {
      this.#onFault(error, 'entries that have ended could not be taken away')
    }
  }

  #setTimer(): void {
    clearTimeout(this.#timer)
    const end = this.#entries.nextEnd()
    if (end === undefined || this.#closed) return
    const left = end - this.#now()
    // What has ended and is still there could not be taken away.
    const wait = left <= 0 ? RETRY_AFTER : Math.min(left, LONGEST_WAIT)
    this.#timer = setTimeout(() => this.#drain(), wait).unref()
  }
}

function keptEntry(placed: PlacedEntry | undefined): RfwEntry | undefined {
  if (placed === undefined) return undefined
  const { entry, until } = placed
  return until === undefined ? { path: pathOf(entry) } : { path: pathOf(entry), until }
}

/** The entry of a path that {@link keptEntry} has told. @throws CommandError */
function entryOfPath(path: string): Entry {
  const command = parseCommand('PUT', path, defaultSettings)
  if (command.do === 'put') return command.entry
  throw new TypeError(`${path} asks for no entry`)
}
