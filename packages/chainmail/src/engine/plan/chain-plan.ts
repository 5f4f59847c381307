import { comparedText, mayDiffer } from '../../model/equality.ts'
import type { Context } from '../../model/kind.ts'
import type { Rule } from '../../model/rule.ts'
import type { Operation } from '../rules/operation.ts'
import { align, type Candidate } from './alignment.ts'
import type { DesiredChain, DesiredRule } from './desired.ts'
import { edit } from './edit-rules.ts'
import { type ListedChain, type ListedText, ruleOf } from './listing.ts'
import { Marker, marked } from './marker.ts'
import { isOwnRule } from './own-rule.ts'
import { isVariant, type OptionChange, optionChanges } from './rule-options.ts'

/** What happens to one rule. Positions are counted from 1: `from` before the plan, `to` after it. */
export type RuleChange =
  | { readonly do: 'add'; readonly to: number; readonly text: string }
  | { readonly do: 'remove'; readonly from: number; readonly text: string }
  | { readonly do: 'move'; readonly from: number; readonly to: number; readonly text: string }
  | {
      readonly do: 'change'
      readonly from: number
      readonly to: number
      readonly before: string
      readonly after: string
      readonly options: readonly OptionChange[]
    }

/** What happens to the rules of a chain, and how to do it and take it back. */
export interface RulesPlan {
  readonly changes: readonly RuleChange[]
  /** How many rules stay, those of others among them. */
  readonly stay: number
  /** How many of those that stay are of others. */
  readonly foreign: number
  readonly operations: () => readonly Operation[]
  readonly inverse: () => readonly Operation[]
}

export interface ChainContext {
  /** In which the rules of the chain are read and written. */
  readonly words: Context
  readonly owner: string
  /** Whether others may have rules in the chain. */
  readonly shared: boolean
}

/** A rule of the chain as it will be: one that stays, or a desired one that is written, perhaps for one that goes. */
type Outcome =
  | { readonly stays: true; readonly place: number }
  | { readonly stays: false; readonly number: number; readonly from?: number; readonly moved: boolean }

/**
 * How the rules of a chain become those that are desired.
 *
 * 1. A rule that is there and desired stays, and with it what it has counted, as far as the order of the rules lets
 *    it. One of others that is the same as a desired one serves as it, but is never moved.
 * 2. A rule that has to move takes its counters along; one that is changed begins anew.
 * 3. Rules of others stay where they are: new rules stand right behind the desired one before them.
 */
export function planRules(desired: DesiredChain, actual: ListedChain, context: ChainContext): RulesPlan {
  const { words, owner, shared } = context
  const { name, at, rules: wanted = [] } = desired
  const known = new Known(wanted, actual.rules, context)
  const kept = align(
    known.desired,
    known.candidates.map(({ candidate }) => candidate),
  )
  const anchors = kept.map((index) => known.candidates[index]?.place ?? -1)
  const staying = new Set(anchors)
  const leaving = known.ours.filter((index) => !staying.has(index))
  const moved = movedRules(anchors, leaving, known)
  const gone = new Set(moved.values())
  const free = leaving.filter((index) => !gone.has(index))
  const changed = changedRules(anchors, free, moved, known, wanted)
  const outcomes = outcomesOf({ anchors, changed, moved, leaving, length: actual.rules.length, at })
  const goes = new Set(leaving)
  const written = (outcome: Outcome): Rule | undefined => {
    if (outcome.stays) return undefined
    const rule = wanted[outcome.number]?.rule ?? {}
    const whole = shared ? marked(rule, owner) : rule
    const counters = outcome.moved ? actual.rules[outcome.from ?? -1]?.counters : undefined
    return counters === undefined ? whole : { ...whole, counters }
  }
  const stay = actual.rules.length - leaving.length
  return {
    changes: changesOf(outcomes, leaving, known, wanted),
    stay,
    foreign: stay - anchors.filter((anchor) => anchor !== -1).length,
    operations: () =>
      edit(
        { chain: name, shared },
        actual.rules.map((_, index) => !goes.has(index)),
        outcomes.map(written),
      ),
    inverse: () =>
      edit(
        { chain: name, shared },
        outcomes.map(({ stays }) => stays),
        actual.rules.map((line, index) => (goes.has(index) ? ruleOf(line, words) : undefined)),
      ),
  }
}

/** The rules of both sides as numbers, so that equal ones are equal however they are spelled. */
class Known {
  readonly desired: readonly number[]
  /** Those of the chain that equal a desired one, with their places in the chain. */
  readonly candidates: readonly { readonly place: number; readonly candidate: Candidate }[]
  /** Places of the rules that go unless they are desired. */
  readonly ours: readonly number[]
  readonly #ids = new Map<string, number>()
  readonly #lines: readonly ListedText[]
  readonly #context: ChainContext
  readonly #marker: Marker
  readonly #rules = new Map<number, Rule>()
  readonly #idAt = new Map<number, number>()

  constructor(wanted: readonly DesiredRule[], lines: readonly ListedText[], context: ChainContext) {
    this.#lines = lines
    this.#context = context
    this.desired = wanted.map(({ rule, text }, number) => {
      const compared = mayDiffer(text) ? comparedText(rule, context.words) : text
      const id = this.#ids.get(compared) ?? number
      this.#ids.set(compared, id)
      this.#ids.set(text, id)
      return id
    })
    const marker = new Marker(context.owner)
    this.#marker = marker
    const candidates: { place: number; candidate: Candidate }[] = []
    const ours: number[] = []
    lines.forEach((line, place) => {
      const stripped = marker.strip(line.text)
      const id = this.#ids.get(stripped ?? line.text) ?? this.#canonicalId(place)
      const isOurs = stripped !== undefined || (!context.shared && (id !== undefined || !this.#isOwn(place)))
      if (isOurs) ours.push(place)
      if (id === undefined) return
      candidates.push({ place, candidate: { id, ours: isOurs } })
      this.#idAt.set(place, id)
    })
    this.candidates = candidates
    this.ours = ours
  }

  idAt(place: number): number | undefined {
    return this.#idAt.get(place)
  }

  /** Without its mark. */
  rule(place: number): Rule {
    const known = this.#rules.get(place)
    if (known !== undefined) return known
    const rule = ruleOf({ text: this.text(place) }, this.#context.words)
    this.#rules.set(place, rule)
    return rule
  }

  /** Without its mark. */
  text(place: number): string {
    const text = this.#lines[place]?.text ?? ''
    return this.#marker.strip(text) ?? text
  }

  /** Of a rule whose text is none of the canonical ones: it is taken apart. */
  #canonicalId(place: number): number | undefined {
    if (this.#ids.size === 0) return undefined
    return this.#ids.get(comparedText(this.rule(place), this.#context.words))
  }

  #isOwn(place: number): boolean {
    return this.text(place).includes('--comment chainmail') && isOwnRule(this.rule(place))
  }
}

/** Which of our rules that cannot stay in their place go to another one: desired number to place. */
function movedRules(
  anchors: readonly number[],
  leaving: readonly number[],
  known: Known,
): ReadonlyMap<number, number> {
  const waiting = new Map<number, number[]>()
  for (const place of leaving) {
    const id = known.idAt(place)
    if (id === undefined) continue
    const list = waiting.get(id)
    if (list === undefined) waiting.set(id, [place])
    else list.push(place)
  }
  const moved = new Map<number, number>()
  if (waiting.size === 0) return moved
  anchors.forEach((anchor, number) => {
    const place = anchor === -1 ? waiting.get(known.desired[number] ?? -1)?.shift() : undefined
    if (place !== undefined) moved.set(number, place)
  })
  return moved
}

/** How many rules that leave a gap are looked at for the one that a new rule may have been. */
const LOOKED_AT = 4

/** Which desired rules are variants of one that leaves the same gap between rules that stay: number to place. */
function changedRules(
  anchors: readonly number[],
  leaving: readonly number[],
  moved: ReadonlyMap<number, number>,
  known: Known,
  wanted: readonly DesiredRule[],
): ReadonlyMap<number, number> {
  const changed = new Map<number, number>()
  let next = 0
  let before = -1
  const ends = endsOfGaps(anchors)
  anchors.forEach((anchor, number) => {
    if (anchor !== -1) before = anchor
    while ((leaving[next] ?? Number.POSITIVE_INFINITY) < before) next++
    if (anchor !== -1 || moved.has(number)) return
    const end = ends[number] ?? Number.POSITIVE_INFINITY
    for (let at = next; at < next + LOOKED_AT; at++) {
      const place = leaving[at]
      const now = wanted[number]?.rule
      if (place === undefined || place >= end || now === undefined) return
      if (!isVariant(known.rule(place), now)) continue
      changed.set(number, place)
      next = at + 1
      return
    }
  })
  return changed
}

/** For each desired rule the place of the next one that stays. */
function endsOfGaps(anchors: readonly number[]): readonly number[] {
  const ends = new Array<number>(anchors.length)
  let end = Number.POSITIVE_INFINITY
  for (let number = anchors.length - 1; number >= 0; number--) {
    ends[number] = end
    const anchor = anchors[number] ?? -1
    if (anchor !== -1) end = anchor
  }
  return ends
}

interface Placing {
  /** For each desired rule the place of the one that stays for it, or -1. */
  readonly anchors: readonly number[]
  readonly changed: ReadonlyMap<number, number>
  readonly moved: ReadonlyMap<number, number>
  /** Places of the rules that go. */
  readonly leaving: readonly number[]
  /** How many rules there are. */
  readonly length: number
  readonly at: 'end' | 'head'
}

/** The chain as it will be. */
function outcomesOf({ anchors, changed, moved, leaving, length, at }: Placing): readonly Outcome[] {
  const instead = new Map(Array.from(changed, ([number, place]) => [place, number]))
  const behind = new Map<number, Outcome[]>()
  const first: Outcome[] = []
  let list = first
  let begin = leaving[0] ?? (at === 'head' ? 0 : length)
  anchors.forEach((anchor, number) => {
    const place = anchor === -1 ? changed.get(number) : anchor
    if (place === undefined) {
      const from = moved.get(number)
      list.push({ stays: false, number, moved: from !== undefined, ...(from === undefined ? {} : { from }) })
      return
    }
    if (behind.size === 0) begin = place
    list = []
    behind.set(place, list)
  })
  const goes = new Set(leaving)
  const outcomes: Outcome[] = []
  for (let place = 0; place <= length; place++) {
    if (place === begin) for (const outcome of first) outcomes.push(outcome)
    const number = instead.get(place)
    if (number !== undefined) outcomes.push({ stays: false, number, from: place, moved: false })
    else if (place < length && !goes.has(place)) outcomes.push({ stays: true, place })
    for (const outcome of behind.get(place) ?? []) outcomes.push(outcome)
  }
  return outcomes
}

function changesOf(
  outcomes: readonly Outcome[],
  leaving: readonly number[],
  known: Known,
  wanted: readonly DesiredRule[],
): readonly RuleChange[] {
  const changes: RuleChange[] = []
  const met = new Set<number>()
  outcomes.forEach((outcome, index) => {
    if (outcome.stays) return
    const { number, from, moved } = outcome
    const { rule, text } = wanted[number] ?? { rule: {}, text: '' }
    const to = index + 1
    if (from === undefined) {
      changes.push({ do: 'add', to, text })
      return
    }
    met.add(from)
    if (moved) changes.push({ do: 'move', from: from + 1, to, text })
    else {
      const options = optionChanges(known.rule(from), rule)
      changes.push({ do: 'change', from: from + 1, to, before: known.text(from), after: text, options })
    }
  })
  for (const place of leaving)
    if (!met.has(place)) changes.push({ do: 'remove', from: place + 1, text: known.text(place) })
  return changes
}
