/**
 * What a group of requests changes: decided from the entries and from what the kernel was seen to hold, without
 * touching it.
 *
 * "The newest entry that speaks of a packet decides over it." That is kept so:
 *
 * 1. `INPUT`, `OUTPUT` and `FORWARD` each jump to an owned chain. In that chain stand first the entries that have
 *    to be rules, the newest first, then one rule for each action's set.
 * 2. An entry goes into its action's set when it says nothing but a network, and no entry of another action speaks
 *    of the same packets. So the order of the sets means nothing, and what is in a set is older than every rule
 *    that contradicts it.
 * 3. Any other entry becomes a rule at the head of the owned chain.
 * 4. A simple rule that somebody else puts in front of the jump is newer than what stands behind the jump, and
 *    older than the next entry. An entry that contradicts it, or that would stand behind general rules, has the
 *    jump brought to the front again. Where such a rule and an older entry contradict each other, the jump must
 *    not pass it: there the new entry becomes a rule of the built-in chain itself, in front of all. General rules
 *    take no part in the order: chainmail's jump stands before them.
 */

import {
  type Entries,
  type EntryChange,
  type Place,
  type PlacedEntry,
  type Scope,
  scopes,
} from './entries.ts'
import { type Action, actions, type Entry, entriesConflict, keyOf, setNetwork } from './entry.ts'
import { entryLine, jumpLine, type Line, lineKey } from './lines.ts'

/** What the kernel was seen to hold of one scope. */
export interface ScopeView {
  /** The rules of the built-in chain. */
  readonly builtIn: readonly Line[]
  /** Those of the owned chain, if it is there. */
  readonly owned: readonly Line[] | undefined
  /** The actions whose sets are there. */
  readonly sets: ReadonlySet<Action>
}

export type Request =
  /** `seconds` until it runs out; 0 for ever. */
  | { readonly do: 'put'; readonly entry: Entry; readonly seconds: number }
  | { readonly do: 'delete'; readonly entry: Entry }

/** A step in the built-in chain; they are taken in their order. */
export type BuiltInStep =
  /** `position` counts from 1. */
  | { readonly do: 'insert'; readonly line: Line; readonly position: number }
  /** The first that is equal; it was seen to stand at `position`. */
  | { readonly do: 'delete'; readonly line: Line; readonly position: number }

export type SetStep =
  /** `seconds` is the kernel's timeout; 0 for none. An entry that is there already is given the new timeout. */
  | { readonly do: 'add'; readonly entry: Entry; readonly seconds: number }
  /** It may be gone already. */
  | { readonly do: 'remove'; readonly entry: Entry }

export interface ScopeDecision {
  readonly scope: Scope
  readonly view: ScopeView
  readonly builtInSteps: readonly BuiltInStep[]
  /** At most one for each element. */
  readonly setSteps: readonly SetStep[]
}

export interface Decision {
  readonly changes: readonly EntryChange[]
  readonly scopes: readonly ScopeDecision[]
}

/** Seconds; the most that a timeout of a set holds: UINT_MAX / 1000 / 2, linux/netfilter/ipset/ip_set_timeout.h */
const LONGEST_TIMEOUT = 2_147_483

/**
 * Decides, and changes `entries` accordingly; `Entries.revert` takes that back. No two requests may be about the
 * same entry.
 *
 * @param viewOf what is known of a scope; undefined for one that is to be left out, which no request may be about
 * @param now milliseconds since 1970
 */
export function decide(
  entries: Entries,
  viewOf: (scope: Scope) => ScopeView | undefined,
  requests: readonly Request[],
  now: number,
): Decision {
  const deciding: Deciding[] = []
  for (const scope of scopes) {
    const view = viewOf(scope)
    if (view !== undefined) deciding.push(new Deciding(scope, entries, view, now))
  }
  for (const scope of deciding) scope.repair()
  for (const request of requests) {
    const { chain, family } = request.entry
    const found = deciding.find(({ scope }) => scope.chain === chain && scope.family === family)
    if (found === undefined) throw new RangeError(`nothing is known of ${chain} ${family}`)
    if (request.do === 'put') found.put(request.entry, request.seconds)
    else found.delete(request.entry)
  }
  return {
    changes: deciding.flatMap(({ changes }) => changes),
    scopes: deciding.map((scope) => scope.result()),
  }
}

/** The kernel's timeout for an entry, and who takes it away at its end. */
export function timing(
  until: number | undefined,
  now: number,
): Pick<PlacedEntry, 'clock'> & { seconds: number } {
  if (until === undefined) return { clock: 'daemon', seconds: 0 }
  const seconds = Math.max(1, Math.ceil((until - now) / 1000))
  return seconds > LONGEST_TIMEOUT ? { clock: 'daemon', seconds: 0 } : { clock: 'kernel', seconds }
}

class Deciding {
  readonly scope: Scope
  readonly changes: EntryChange[] = []
  readonly #entries: Entries
  readonly #view: ScopeView
  readonly #now: number
  readonly #steps: BuiltInStep[] = []
  readonly #setSteps = new Map<string, SetStep>()
  /** What stands in the built-in chain before its jump, and behind it. */
  #ahead: readonly Line[]
  #behind: readonly Line[]
  #jump: Line | undefined

  constructor(scope: Scope, entries: Entries, view: ScopeView, now: number) {
    this.scope = scope
    this.#entries = entries
    this.#view = view
    this.#now = now
    const jump = view.builtIn.findIndex(({ is }) => is === 'jump')
    this.#jump = view.builtIn[jump]
    this.#ahead = view.builtIn.slice(0, Math.max(jump, 0))
    this.#behind = view.builtIn.slice(jump + 1)
  }

  /** Takes away what has ended, and puts back what the kernel has lost. */
  repair(): void {
    const placed = this.#entries.of(this.scope)
    for (const ended of placed.ended(this.#now)) {
      this.#change(ended, undefined)
      if (ended.place === 'front') this.#deleteBuiltIn(ended.entry, 1)
      else if (ended.place === 'set' && ended.clock === 'daemon') this.#setStep('remove', ended.entry)
    }
    // Without the jump its place in front of them is unknown: they go where their order is certain.
    for (const front of placed.front()) {
      if (this.#jump !== undefined && this.#holds(front.entry)) continue
      this.#deleteBuiltIn(front.entry, 1)
      this.#change(front, { ...front, place: 'rule' })
    }
    for (const action of actions) {
      if (this.#view.sets.has(action)) continue
      for (const { entry, until } of placed.inSet(action, this.#now)) this.#setStep('add', entry, until)
    }
    if (placed.size > 0) this.#ensureJump()
  }

  put(entry: Entry, seconds: number): void {
    const known = this.#live(entry)
    const until = seconds === 0 ? undefined : this.#now + seconds * 1000
    const place = known?.place ?? this.#placeOf(entry)
    const sequence = known?.sequence ?? this.#entries.nextSequence()
    const clock = place === 'set' ? timing(until, this.#now).clock : 'daemon'
    if (place === 'set') this.#setStep('add', entry, until)
    this.#change(known, { entry, place, sequence, until, clock })
  }

  /** Takes the entry back, and every equal rule that anybody put into the built-in chain. */
  delete(entry: Entry): void {
    const known = this.#entries.of(this.scope).get(entry)
    if (known !== undefined) this.#change(known, undefined)
    this.#deleteBuiltIn(entry, Number.POSITIVE_INFINITY)
    if (setNetwork(entry) !== undefined && this.#view.sets.has(entry.action)) this.#setStep('remove', entry)
  }

  result(): ScopeDecision {
    return {
      scope: this.scope,
      view: this.#view,
      builtInSteps: this.#steps,
      setSteps: [...this.#setSteps.values()],
    }
  }

  /** What has ended is no older entry to be renewed. */
  #live(entry: Entry): PlacedEntry | undefined {
    const known = this.#entries.of(this.scope).get(entry)
    if (known?.until === undefined || known.until > this.#now) return known
    this.#change(known, undefined)
    return undefined
  }

  #placeOf(entry: Entry): Place {
    this.#ensureJump()
    if (this.#ahead.some((line) => line.is !== 'entry' || entriesConflict(entry, line.entry))) {
      if (!this.#jumpMayPass()) {
        const line = entryLine(entry)
        this.#steps.push({ do: 'insert', line, position: 1 })
        this.#ahead = [line, ...this.#ahead]
        return 'front'
      }
      this.#jumpToHead()
    }
    const inSet = setNetwork(entry) !== undefined && !this.#entries.of(this.scope).conflicts(entry)
    return inSet ? 'set' : 'rule'
  }

  #jumpMayPass(): boolean {
    const placed = this.#entries.of(this.scope)
    return this.#ahead.every((line) => line.is !== 'entry' || !placed.conflictsInOwnedChain(line.entry))
  }

  #ensureJump(): void {
    if (this.#jump === undefined) this.#jumpToHead()
  }

  #jumpToHead(): void {
    if (this.#jump !== undefined)
      this.#steps.push({ do: 'delete', line: this.#jump, position: this.#ahead.length + 1 })
    this.#jump = jumpLine(this.scope.chain)
    this.#steps.push({ do: 'insert', line: this.#jump, position: 1 })
    this.#behind = [...this.#ahead, ...this.#behind]
    this.#ahead = []
  }

  #holds(entry: Entry): boolean {
    const key = keyOf(entry)
    return [...this.#ahead, ...this.#behind].some((line) => lineKey(line) === key)
  }

  /** Takes out the first rules of the built-in chain that are equal to the entry, up to a number. */
  #deleteBuiltIn(entry: Entry, atMost: number): void {
    const key = keyOf(entry)
    for (let deleted = 0; deleted < atMost; deleted++) {
      const ahead = this.#ahead.findIndex((line) => lineKey(line) === key)
      const behind = ahead === -1 ? this.#behind.findIndex((line) => lineKey(line) === key) : -1
      const line = this.#ahead[ahead] ?? this.#behind[behind]
      if (line === undefined) return
      const before = ahead === -1 ? this.#ahead.length + (this.#jump === undefined ? 0 : 1) + behind : ahead
      this.#steps.push({ do: 'delete', line, position: before + 1 })
      if (ahead === -1) this.#behind = this.#behind.toSpliced(behind, 1)
      else this.#ahead = this.#ahead.toSpliced(ahead, 1)
    }
  }

  #setStep(verb: SetStep['do'], entry: Entry, until?: number): void {
    const step: SetStep =
      verb === 'remove'
        ? { do: 'remove', entry }
        : { do: 'add', entry, seconds: timing(until, this.#now).seconds }
    this.#setSteps.set(keyOf(entry), step)
  }

  #change(before: PlacedEntry | undefined, after: PlacedEntry | undefined): void {
    const change = { before, after }
    this.#entries.apply([change])
    this.changes.push(change)
  }
}
