import type { Family } from '@chainmail/kernel'
import {
  type Action,
  actions,
  type Chain,
  chains,
  type Entry,
  entriesConflict,
  keyOf,
  setNetwork,
} from './entry.ts'
import { NetworkIndex } from './network.ts'

/**
 * Where an entry stands in the kernel: in the set of its action, as a rule of the owned chain before the rules
 * of the sets, or as a rule of the built-in chain, in front of everything else that was there.
 */
export type Place = 'set' | 'rule' | 'front'

export interface PlacedEntry {
  readonly entry: Entry
  readonly place: Place
  /** A newer entry has a higher one. Renewing an entry does not change it. */
  readonly sequence: number
  /** Milliseconds since 1970; undefined for ever. */
  readonly until: number | undefined
  /** Who takes the entry away at its end: the kernel, by the timeout of a set's entry, or the daemon. */
  readonly clock: 'kernel' | 'daemon'
}

/** One entry before and after a change; undefined where there is none. */
export interface EntryChange {
  readonly before: PlacedEntry | undefined
  readonly after: PlacedEntry | undefined
}

/** The chain and family that an entry belongs to: entries of different scopes never meet. */
export interface Scope {
  readonly chain: Chain
  readonly family: Family
}

export const scopes: readonly Scope[] = chains.flatMap((chain) => [
  { chain, family: 'ipv4' },
  { chain, family: 'ipv6' },
])

/**
 * A set's entry is kept this long after its end, in milliseconds: the kernel counts whole seconds, so that it
 * may still match.
 */
const AFTERLIFE = 2_000

/** Between two searches for entries that the kernel has taken away, in milliseconds. */
const SWEPT_EVERY = 10_000

/** The entries of all scopes. */
export class Entries {
  readonly #scopes: ReadonlyMap<string, ScopeEntries>
  #lastSequence = 0

  constructor(entries: Iterable<PlacedEntry> = []) {
    this.#scopes = new Map(scopes.map((scope) => [scopeKey(scope), new ScopeEntries()]))
    for (const entry of entries) this.apply([{ before: undefined, after: entry }])
  }

  of(scope: Scope): ScopeEntries {
    const found = this.#scopes.get(scopeKey(scope))
    if (found === undefined) throw new RangeError(`there is no scope ${scopeKey(scope)}`)
    return found
  }

  nextSequence(): number {
    this.#lastSequence += 1
    return this.#lastSequence
  }

  apply(changes: readonly EntryChange[]): void {
    for (const { before, after } of changes) {
      if (before !== undefined) this.of(before.entry).delete(before)
      if (after === undefined) continue
      this.of(after.entry).add(after)
      this.#lastSequence = Math.max(this.#lastSequence, after.sequence)
    }
  }

  revert(changes: readonly EntryChange[]): void {
    this.apply(changes.toReversed().map(({ before, after }) => ({ before: after, after: before })))
  }

  *[Symbol.iterator](): Generator<PlacedEntry> {
    for (const scope of this.#scopes.values()) yield* scope
  }

  /** When the next entry ends that the daemon has to take away; milliseconds since 1970. */
  nextEnd(): number | undefined {
    let next: number | undefined
    for (const scope of this.#scopes.values()) {
      for (const { until } of scope.timedByDaemon())
        if (until !== undefined && (next === undefined || until < next)) next = until
    }
    return next
  }
}

/** The entries of one scope, and what they have in common with another. */
export class ScopeEntries {
  readonly #byKey = new Map<string, PlacedEntry>()
  /** Those in the owned chain or its sets that say nothing but a network. */
  readonly #networks: Readonly<Record<Action, NetworkIndex>> = {
    drop: new NetworkIndex(),
    accept: new NetworkIndex(),
    reject: new NetworkIndex(),
  }
  readonly #others = new Map<string, PlacedEntry>()
  readonly #timedByDaemon = new Map<string, PlacedEntry>()
  readonly #rules = new Map<string, PlacedEntry>()
  readonly #sets: Readonly<Record<Action, Map<string, PlacedEntry>>> = {
    drop: new Map(),
    accept: new Map(),
    reject: new Map(),
  }
  #sweptAt = 0

  get size(): number {
    return this.#byKey.size
  }

  get(entry: Entry): PlacedEntry | undefined {
    return this.#byKey.get(keyOf(entry))
  }

  add(placed: PlacedEntry): void {
    const key = keyOf(placed.entry)
    const network = setNetwork(placed.entry)
    this.#byKey.set(key, placed)
    if (network === undefined || placed.place === 'front') this.#others.set(key, placed)
    else this.#networks[placed.entry.action].add(network)
    if (placed.clock === 'daemon' && placed.until !== undefined) this.#timedByDaemon.set(key, placed)
    const standing = placed.place === 'set' ? this.#sets[placed.entry.action] : this.#rules
    standing.set(key, placed)
  }

  delete({ entry }: PlacedEntry): void {
    const key = keyOf(entry)
    const network = setNetwork(entry)
    this.#byKey.delete(key)
    if (!this.#others.delete(key) && network !== undefined) this.#networks[entry.action].delete(network)
    this.#timedByDaemon.delete(key)
    this.#rules.delete(key)
    this.#sets[entry.action].delete(key)
  }

  /** Whether an entry of another action speaks of some packet that this one speaks of. */
  conflicts(entry: Entry): boolean {
    for (const { entry: other } of this.#others.values()) if (entriesConflict(entry, other)) return true
    return this.#networksConflict(entry)
  }

  /** The same, without those that stand in front of the owned chain. */
  conflictsInOwnedChain(entry: Entry): boolean {
    for (const { entry: other, place } of this.#others.values())
      if (place !== 'front' && entriesConflict(entry, other)) return true
    return this.#networksConflict(entry)
  }

  /** The rules of the owned chain, the newest first. */
  rules(): PlacedEntry[] {
    return this.#standing('rule').sort((one, other) => other.sequence - one.sequence)
  }

  /** Those in front of the owned chain. */
  front(): PlacedEntry[] {
    return this.#standing('front')
  }

  /** What an action's set should hold: without what has ended, though the kernel may hold that a moment longer. */
  *inSet(action: Action, now: number): Generator<PlacedEntry> {
    for (const placed of this.#sets[action].values()) {
      const { until } = placed
      if (until === undefined || until > now) yield placed
    }
  }

  /** Whether one has ended that the daemon has to take away. */
  needsSweep(now: number): boolean {
    for (const { until } of this.#timedByDaemon.values()) if (until !== undefined && until <= now) return true
    return false
  }

  timedByDaemon(): Iterable<PlacedEntry> {
    return this.#timedByDaemon.values()
  }

  /** Those that have ended. What the kernel takes away by itself is looked for now and then only. */
  ended(now: number): PlacedEntry[] {
    const ended = [...this.#timedByDaemon.values()].filter(({ until }) => until !== undefined && until <= now)
    if (now - this.#sweptAt < SWEPT_EVERY) return ended
    this.#sweptAt = now
    for (const placed of this.#byKey.values()) {
      const { until, clock } = placed
      if (clock === 'kernel' && until !== undefined && until + AFTERLIFE <= now) ended.push(placed)
    }
    return ended
  }

  [Symbol.iterator](): Iterator<PlacedEntry> {
    return this.#byKey.values()
  }

  #standing(place: Place): PlacedEntry[] {
    return [...this.#rules.values()].filter((placed) => placed.place === place)
  }

  #networksConflict(entry: Entry): boolean {
    const network = entry.chain === 'output' ? entry.destination : entry.source
    return actions.some((action) => {
      const index = this.#networks[action]
      if (action === entry.action || index.size === 0) return false
      return network === undefined || index.overlaps(network)
    })
  }
}

function scopeKey({ chain, family }: Scope): string {
  return `${chain} ${family}`
}
