import {
  type DesiredPart,
  type DesiredSetInput,
  type DesiredState,
  type DriftWatch,
  type Firewall,
  type OwnedChain,
  readDesired,
} from 'chainmail'
import { codeOf } from '../errors.ts'
import type { Follower } from '../history/history.ts'
import type { Also, Operations } from '../history/revision.ts'
import type { Store } from '../store.ts'
import {
  type AppliedChain,
  type AppliedPart,
  type AppliedSet,
  chainKey,
  desiredInput,
  keyOf,
  parsePart,
  partsOf,
} from './applied-part.ts'
import { AppliedStore, type PartRow } from './applied-store.ts'
import { ChangeGate } from './change-gate.ts'

/** What is needed of the library. */
export type AppliedFirewall = Pick<
  Firewall,
  'plan' | 'apply' | 'planPart' | 'ownedChains' | 'probations' | 'decided' | 'decision' | 'set' | 'spelling'
>

export interface AppliedBookParts {
  readonly store: Store
  readonly firewall: AppliedFirewall
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault: (error: unknown, about: string) => void
}

/** Entries up to which the content of a set is kept; of one that was changed by itself, up to which it is read. */
const MOST_KEPT = 100_000
const MOST_READ = 10_000

/** One of an owner's parts, as JSON. */
type Documents = Map<string, string>

/**
 * What plans have made, with a memory: restored when the daemon starts, and repaired while it runs.
 *
 * 1. A part, which is a chain or a set, stands in the store in the same transaction as the revision that has changed
 *    it. What is changed through the daemon in another way, by a rule or a rollback, is read from the kernel then.
 * 2. A plan on probation is kept aside until it is decided; meanwhile nothing of its owner is repaired.
 * 3. A repair meets no change: between its commit and its revision a change would look like somebody else's.
 * 4. What a plan has taken away is remembered by its name: a rollback may bring it back.
 * 5. Entries that end by themselves are not kept, nor those of very large sets: such a set is restored empty.
 */
export class AppliedBook implements Follower {
  readonly gate = new ChangeGate()
  readonly #parts: AppliedBookParts
  readonly #store: AppliedStore
  readonly #owners = new Map<string, Documents>()
  /** Owners by the ids of their changes on probation. */
  readonly #probations = new Map<string, string>()
  /** Chains and sets that are on probation, with how often: what they become is read when that is decided. */
  readonly #heldKeys = new Map<string, number>()
  /** Owners of which nothing is repaired, with how many ask for that. */
  readonly #held = new Map<string, number>()
  readonly #watched = new Map<string, DesiredPart>()
  readonly #unlooked = new Set<string>()
  /** How often what is looked after was changed, by owner: of two changes the later one counts. */
  readonly #refreshes = new Map<string, number>()
  #drift: DriftWatch | undefined
  #reading: Promise<unknown> = Promise.resolve()

  constructor(parts: AppliedBookParts) {
    this.#parts = parts
    this.#store = new AppliedStore(parts.store.database)
    for (const { probation, owner, part, document = '' } of this.#store.all()) {
      if (probation === '') this.#documentsOf(owner).set(part, document)
      else this.#probations.set(probation, owner)
    }
  }

  /** The owners of which something is kept. */
  get owners(): readonly string[] {
    return [...this.#owners].flatMap(([owner, { size }]) => (size === 0 ? [] : [owner]))
  }

  /**
   * Makes the kernel hold it all again: sets, then rules.
   *
   * @returns how many owners' states had to be changed
   */
  async open(): Promise<number> {
    await this.#settleProbations()
    let restored = 0
    for (const owner of this.owners) {
      if (this.#isPending(owner)) continue
      try {
        const plan = await this.#parts.firewall.plan(await this.#desiredOf(owner))
        if (plan.isEmpty) continue
        await this.#parts.firewall.apply(plan, { force: true })
        restored += 1
      } catch (error) {
        this.#parts.onFault(error, `what the plans of ${owner} have made could not be restored`)
      }
    }
    return restored
  }

  /** Has it all looked after from now on. */
  async watch(drift: DriftWatch): Promise<void> {
    this.#drift = drift
    await Promise.all(this.owners.map((owner) => this.#refresh(owner)))
  }

  /** The owners whose state was not compared with the kernel since it was changed. */
  get unlooked(): readonly string[] {
    return [...this.#unlooked]
  }

  /** Changes on probation whose plans are kept aside, by their ids. */
  get undecided(): readonly string[] {
    return [...this.#probations.keys()]
  }

  /**
   * Keeps what a plan has made. What it has changed without naming it, of other owners and of its own where it was about
   * whole tables, is read from the kernel: they have lost what it took from them, and would put it back otherwise.
   *
   * @param probation the id of the change that is on it: nothing that it has changed is repaired until it is decided
   */
  async applied(desired: DesiredState, operations: Operations, probation = ''): Promise<Also> {
    const { owner } = desired
    const { there, absent } = partsOf(desired, MOST_KEPT)
    const said = new Set([...there.map(keyOf), ...absent])
    const unsaid = (one: string, key: string): boolean =>
      (one !== owner || !said.has(key)) && !this.#heldKeys.has(key)
    const others = probation === '' ? await this.#follow(operations, unsaid) : undefined
    const rows: PartRow[] = there.map((part) => ({
      probation,
      owner,
      part: keyOf(part),
      document: JSON.stringify(part.wish),
    }))
    for (const part of absent) {
      const document = this.#owners.get(owner)?.get(part)
      if (document !== undefined) rows.push({ probation, owner, part, document: absentNow(part, document) })
    }
    return () => {
      const untouch = others?.()
      const writeBack = this.#write(rows)
      if (probation !== '') this.#probations.set(probation, owner)
      void this.#refresh(owner)
      return () => {
        this.#probations.delete(probation)
        writeBack()
        untouch?.()
        void this.#refresh(owner)
      }
    }
  }

  /**
   * Keeps what a plan on probation has made, or forgets it. What else was changed in its chains and sets meanwhile is read
   * from the kernel, which has taken it back by then where it is not kept.
   */
  async decided(id: string, isKept: boolean, operations: Operations): Promise<Also> {
    const owner = this.#probations.get(id)
    if (owner === undefined) return () => () => undefined
    const touched = (await this.follow(operations, { isDecided: true })) ?? (() => () => undefined)
    const aside = isKept ? this.#store.all().filter(({ probation }) => probation === id) : []
    const parts = aside.map(({ part, document = '' }) => parsePart(part, document))
    const rows = await this.#partsNow(owner, parts, MOST_KEPT)
    return () => {
      const untouch = touched()
      const forget = this.#decide(id, false)()
      const writeBack = this.#write(rows)
      void this.#refresh(owner)
      return () => {
        writeBack()
        forget()
        untouch()
        void this.#refresh(owner)
      }
    }
  }

  /** Keeps what a plan on probation would have made, or forgets it. */
  #decide(id: string, isKept: boolean): Also {
    const owner = this.#probations.get(id)
    if (owner === undefined) return () => () => undefined
    return () => {
      const aside = this.#store.all().filter(({ probation }) => probation === id)
      const rows = aside.flatMap((row): PartRow[] => {
        const over = { ...row, document: undefined }
        return isKept ? [over, { ...row, probation: '' }] : [over]
      })
      const writeBack = this.#write(rows)
      this.#probations.delete(id)
      void this.#refresh(owner)
      return () => {
        this.#probations.set(id, owner)
        writeBack()
        void this.#refresh(owner)
      }
    }
  }

  follow(
    operations: Operations,
    { isDecided = false }: { readonly isDecided?: boolean } = {},
  ): Promise<Also> | undefined {
    return this.#follow(operations, (_, key) => isDecided || !this.#heldKeys.has(key))
  }

  #follow(
    operations: Operations,
    concerns: (owner: string, key: string) => boolean,
  ): Promise<Also> | undefined {
    const keys = keysOf(operations)
    const touched = new Map<string, ReadonlySet<string>>()
    for (const owner of this.owners) {
      const known = this.#documentsOf(owner)
      const own = new Set(keys.filter((key) => known.has(key) && concerns(owner, key)))
      if (own.size > 0) touched.set(owner, own)
    }
    if (touched.size === 0) return undefined
    const reading = this.#reading.then(async () => {
      const read = Array.from(touched, ([owner, own]) => this.#read(owner, own))
      const rows = (await Promise.all(read)).flat()
      return () => {
        const writeBack = this.#write(rows)
        for (const owner of touched.keys()) void this.#refresh(owner)
        return () => {
          writeBack()
          for (const owner of touched.keys()) void this.#refresh(owner)
        }
      }
    })
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  hold(sets: readonly string[], onProbation: Operations = {}): () => void {
    const undecided = keysOf(onProbation)
    const keys = [...undecided, ...sets.map((name) => `set ${name}`)]
    const held = this.owners.filter((owner) => keys.some((key) => this.#documentsOf(owner).has(key)))
    for (const key of undecided) this.#heldKeys.set(key, (this.#heldKeys.get(key) ?? 0) + 1)
    for (const owner of held) {
      this.#held.set(owner, (this.#held.get(owner) ?? 0) + 1)
      void this.#refresh(owner)
    }
    return () => {
      for (const key of undecided) {
        const left = (this.#heldKeys.get(key) ?? 1) - 1
        if (left === 0) this.#heldKeys.delete(key)
        else this.#heldKeys.set(key, left)
      }
      for (const owner of held) {
        this.#held.set(owner, (this.#held.get(owner) ?? 1) - 1)
        void this.#refresh(owner)
      }
    }
  }

  /** The rows of some of an owner's parts as the kernel has them now. */
  #read(owner: string, keys: ReadonlySet<string>): Promise<readonly PartRow[]> {
    const known = [...this.#documentsOf(owner)].filter(([key]) => keys.has(key))
    return this.#partsNow(
      owner,
      known.map(([key, document]) => parsePart(key, document)),
    )
  }

  /** @param most entries of a set that are read */
  async #partsNow(
    owner: string,
    parts: readonly AppliedPart[],
    most = MOST_READ,
  ): Promise<readonly PartRow[]> {
    const rows: PartRow[] = []
    const chains: AppliedChain[] = []
    for (const part of parts) {
      if ('set' in part) {
        const document = JSON.stringify(await this.#setNow(part, most))
        rows.push({ probation: '', owner, part: keyOf(part), document })
      } else chains.push(part)
    }
    for (const family of new Set(chains.map((chain) => chain.family))) {
      const own = chains.filter((chain) => chain.family === family)
      const sought = own.map(({ table, chain, wish }) => ({ table, chain, exact: wish.exact }))
      const found = await this.#parts.firewall.ownedChains(owner, family, sought)
      for (const [index, chain] of own.entries())
        rows.push({
          probation: '',
          owner,
          part: keyOf(chain),
          document: JSON.stringify(wishNow(chain, found[index])),
        })
    }
    return rows
  }

  async #setNow(
    { set: name, wish: { entries: _, absent: __, ...wish } }: AppliedSet,
    most: number,
  ): Promise<DesiredSetInput> {
    try {
      const set = await this.#parts.firewall.set(name)
      const { entries } = await set.description()
      if (entries > most || wish.timeout !== undefined) return wish
      const elements = (await set.entries()).map(({ packets: ___, bytes: ____, ...entry }) => entry)
      return { ...wish, entries: elements }
    } catch (error) {
      if (codeOf(error) === 'set-not-found') return { ...wish, absent: true }
      throw error
    }
  }

  /** Within a transaction of the store. @returns writes back what was there */
  #write(rows: readonly PartRow[]): () => void {
    const before = new Map<string, Documents>()
    for (const { probation, owner } of rows)
      if (probation === '' && !before.has(owner)) before.set(owner, new Map(this.#documentsOf(owner)))
    const writeBack = this.#store.write(rows)
    for (const { probation, owner, part, document } of rows) {
      if (probation !== '') continue
      if (document === undefined) this.#documentsOf(owner).delete(part)
      else this.#documentsOf(owner).set(part, document)
    }
    return () => {
      writeBack()
      for (const [owner, documents] of before) this.#owners.set(owner, documents)
    }
  }

  #documentsOf(owner: string): Documents {
    const known = this.#owners.get(owner) ?? new Map<string, string>()
    this.#owners.set(owner, known)
    return known
  }

  #desiredOf(owner: string): Promise<DesiredState> {
    const parts = Array.from(this.#documentsOf(owner), ([key, document]) => parsePart(key, document))
    return readDesired(desiredInput(owner, parts), this.#parts.firewall.spelling)
  }

  #isPending(owner: string): boolean {
    return [...this.#probations.values()].includes(owner) || (this.#held.get(owner) ?? 0) > 0
  }

  /** Has what an owner has now looked after, in place of what he had. Never rejects. */
  async #refresh(owner: string): Promise<void> {
    const drift = this.#drift
    if (drift === undefined) return
    const before = this.#watched.get(owner)
    if (before !== undefined) drift.release(before.name)
    this.#watched.delete(owner)
    const refresh = (this.#refreshes.get(owner) ?? 0) + 1
    this.#refreshes.set(owner, refresh)
    if (this.#documentsOf(owner).size === 0 || this.#isPending(owner)) {
      this.#unlooked.delete(owner)
      return
    }
    this.#unlooked.add(owner)
    try {
      const part = this.#parts.firewall.planPart(await this.#desiredOf(owner))
      if (this.#refreshes.get(owner) === refresh) this.#keep(owner, part, drift)
    } catch (error) {
      this.#parts.onFault(error, `what the plans of ${owner} have made cannot be looked after`)
    }
  }

  #keep(owner: string, part: DesiredPart, drift: DriftWatch): void {
    const isCurrent = (): boolean => this.#watched.get(owner) === watched
    const watched: DesiredPart = {
      name: part.name,
      families: part.families,
      // What was changed is looked at once: a part remembers what it finds in its place.
      glance: () => this.#unlooked.has(owner),
      check: (listing) =>
        this.gate.alone(async () => {
          if (!isCurrent()) return undefined
          const difference = await part.check(listing)
          this.#unlooked.delete(owner)
          return difference
        }),
      repair: () => this.gate.alone(async () => (isCurrent() ? part.repair() : undefined)),
    }
    this.#watched.set(owner, watched)
    drift.keep(watched)
  }

  /** What was decided while no daemon ran. */
  async #settleProbations(): Promise<void> {
    const pending = new Set(this.#parts.firewall.probations().map(({ id }) => id))
    for (const id of this.undecided) {
      // What could not be taken back is there still, until somebody tries again.
      if (pending.has(id) || this.#parts.firewall.decision(id) === 'failed') continue
      const decision = await this.#parts.firewall.decided(id)
      this.#parts.store.transaction(this.#decide(id, decision === 'confirmed'))
    }
  }
}

/** What a chain should be now that the kernel holds so much of it. */
function wishNow({ wish }: AppliedChain, found: OwnedChain | undefined): object {
  if (found === undefined) return withoutContent(wish)
  const { absent = false, ...rest } = wish
  const { policy, rules } = found
  return {
    ...rest,
    ...(wish.policy === undefined ? {} : { policy }),
    ...(wish.rules === undefined && !absent ? {} : { rules }),
  }
}

function absentNow(key: string, document: string): string {
  return JSON.stringify(withoutContent(parsePart(key, document).wish))
}

/** Of what is gone its rules and entries are not kept: they are read when it is there again. */
function withoutContent(wish: AppliedPart['wish']): object {
  const { rules: _, entries: __, ...rest } = { rules: undefined, entries: undefined, ...wish }
  return { ...rest, absent: true }
}

function keysOf({ chains = [], sets = [] }: Operations): readonly string[] {
  return [...chains.map(chainKey), ...sets.map(({ name }) => `set ${name}`)]
}
