import type { Family, Ipset } from '@chainmail/kernel'
import { type BanHooks, type BanSlot, banHook } from '../bans/ban-hooks.ts'
import { banSetName } from '../bans/scope.ts'
import { isAbsence } from '../sets/entry-batches.ts'
import type { DesiredPart } from './desired-part.ts'
import type { ChainDrift, Difference, Listing, RuleDrift, SetDrift } from './difference.ts'

export interface BanPartParts {
  readonly ipset: Pick<Ipset, 'names' | 'test'>
  readonly hooks: Pick<BanHooks, 'inPlace' | 'ensure' | 'moveToHead'>
  readonly families: readonly Family[]
  /** The sets of bans that there are. */
  readonly slots: () => readonly BanSlot[]
  /** Who keeps a book of the bans has their content too. */
  readonly book?: BanContents
}

/** Who knows what the sets of bans should hold. */
export interface BanContents {
  /** The slots that should be there. */
  slots(): Iterable<BanSlot>
  /** Some elements that the set should hold, in ipset's words. */
  samples(slot: BanSlot): Iterable<string>
  /** Makes the sets hold what they should, and puts their rules in place. */
  restore(): Promise<void>
}

/** How many elements are looked for before a set counts as emptied. */
const SAMPLES = 8

/** Milliseconds until elements are looked for again in a set that should hold none, and in one that cannot be filled. */
const SAMPLED_AGAIN = 500
const FILLED_AGAIN = 60_000

interface Sample {
  /** One that the set held when it was looked for last. */
  readonly element: string | undefined
  /** When another one is looked for, if not before; of `performance.now()`. */
  readonly again: number
}

/**
 * The bans: their sets, and the rules that look them up.
 *
 * 1. A rule that was there is missed; one that is about to be made, with its set, is not.
 * 2. A rule counts as moved when what stood behind it stands before it. Who puts a new rule before ours changes nothing
 *    of ours: that is told as a change of the rules, and left alone.
 * 3. A set is in use as long as its rule stands, so nobody can destroy it; that it was emptied shows by an element that
 *    it should hold. What others take out one by one is not missed.
 */
export class BanPart implements DesiredPart {
  readonly name = 'bans'
  readonly families: readonly Family[]
  readonly #parts: BanPartParts
  /** Those that were in place once, or are there from the beginning. */
  readonly #known = new Map<string, BanSlot>()
  /** What stood behind each rule when it was last as it should be. */
  readonly #behind = new Map<string, ReadonlySet<string>>()
  readonly #samples = new Map<string, Sample>()
  readonly #emptied = new Set<string>()
  #moved: readonly BanSlot[] = []
  #missing = false

  constructor(parts: BanPartParts) {
    this.#parts = parts
    this.families = parts.families
    for (const slot of [...parts.slots(), ...(parts.book?.slots() ?? [])]) this.#known.set(setOf(slot), slot)
  }

  glance(rulesChanged: boolean): boolean {
    const { hooks, slots } = this.#parts
    if (rulesChanged) {
      for (const slot of slots())
        if (!this.#known.has(setOf(slot)) && hooks.inPlace(slot)) this.#known.set(setOf(slot), slot)
      this.#missing = [...this.#known.values()].some((slot) => !hooks.inPlace(slot))
    }
    let emptied = false
    for (const slot of this.#known.values()) if (this.#isEmptied(slot)) emptied = true
    return this.#missing || emptied
  }

  async check(listing: Listing): Promise<Difference | undefined> {
    const { ipset, hooks } = this.#parts
    const names = new Set(ipset.names())
    const chains: ChainDrift[] = []
    const sets: SetDrift[] = []
    const fine: BanSlot[] = []
    const moved: BanSlot[] = []
    for (const [name, slot] of this.#known) {
      const isThere = names.has(name)
      if (!isThere) sets.push({ name, do: 'remove' })
      else if (this.#emptied.has(name)) sets.push({ name, do: 'empty' })
      const rule = this.#ruleDrift(slot, listing)
      if (rule?.do === 'move') moved.push(slot)
      if (rule !== undefined) {
        const { family, table, chain } = banHook(slot)
        chains.push({ family, table, name: chain, do: 'change', rules: [rule] })
      } else if (isThere) fine.push(slot)
    }
    this.#moved = moved
    // A rule that stands, but is another one than before, is looked up anew.
    const unseen = fine.filter((slot) => !hooks.inPlace(slot))
    if (unseen.length > 0) await hooks.ensure(unseen)
    this.#missing = chains.length > moved.length
    return { chains, sets }
  }

  async repair(): Promise<void> {
    const { hooks, book } = this.#parts
    await hooks.moveToHead(this.#moved)
    this.#moved = []
    if (book !== undefined) await book.restore()
    await hooks.ensure(this.#known.values())
    this.#emptied.clear()
    this.#missing = false
    for (const slot of this.#known.values()) {
      const { element, isMissing } = this.#sample(slot)
      // What is allowed by now was left out of the set: that is no reason to fill it again and again.
      const again = performance.now() + (isMissing ? FILLED_AGAIN : SAMPLED_AGAIN)
      this.#samples.set(setOf(slot), { element, again })
    }
  }

  /** One element is asked for; others only where it is gone, since it may have come to its end. */
  #isEmptied(slot: BanSlot): boolean {
    const set = setOf(slot)
    if (this.#emptied.has(set)) return true
    const sample = this.#samples.get(set)
    if (sample?.element !== undefined && this.#holds(set, sample.element)) return false
    const now = performance.now()
    if (sample !== undefined && now < sample.again) return false
    const { element, isMissing } = this.#sample(slot)
    this.#samples.set(set, { element, again: now + (element === undefined ? SAMPLED_AGAIN : 0) })
    if (isMissing) this.#emptied.add(set)
    return isMissing
  }

  /** An element that the set holds as it should; whether it holds none of those that it should. */
  #sample(slot: BanSlot): { readonly element: string | undefined; readonly isMissing: boolean } {
    const elements: string[] = []
    for (const element of this.#parts.book?.samples(slot) ?? []) if (elements.push(element) === SAMPLES) break
    const element = elements.find((one) => this.#holds(setOf(slot), one))
    return { element, isMissing: element === undefined && elements.length > 0 }
  }

  #holds(set: string, element: string): boolean {
    try {
      return this.#parts.ipset.test(set, element)
    } catch (error) {
      if (isAbsence(error)) return false
      throw error
    }
  }

  #ruleDrift(slot: BanSlot, listing: Listing): RuleDrift | undefined {
    const { family, table, chain, text } = banHook(slot)
    const rules = listing[family]
      ?.find(({ name }) => name === table)
      ?.chains.find(({ name }) => name === chain)?.rules
    const at = rules?.findIndex((rule) => rule.text === text) ?? -1
    if (rules === undefined || at === -1) return { do: 'remove', from: 1, text }
    const behind = this.#behind.get(setOf(slot))
    if (behind !== undefined && rules.slice(0, at).some((rule) => behind.has(rule.text)))
      return { do: 'move', from: 1, to: at + 1, text }
    this.#behind.set(setOf(slot), new Set(rules.slice(at + 1).map((rule) => rule.text)))
    return undefined
  }
}

function setOf({ kind, family }: BanSlot): string {
  return banSetName(kind, family)
}
