import type { Family } from '@chainmail/kernel'
import { mayDiffer } from '../../model/equality.ts'
import type { Rule } from '../../model/rule.ts'
import { isOwnedName } from '../ownership.ts'
import { align } from '../plan/alignment.ts'
import { edit } from '../plan/edit-rules.ts'
import { type ListedChain, type ListedText, ruleOf } from '../plan/listing.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { comparedTextOf, type ForeseenRule } from './foresee.ts'

/**
 * The way back from a change of chains, whatever others have done to them since.
 *
 * 1. Rules are told by what they are, never by their numbers: what the chain was, what the change made of it, and what
 *    it is now are three lists of texts, and the way back takes out of the third what came from the first to the
 *    second, and puts in what went.
 * 2. What others have put in, taken out or moved stays so.
 * 3. It may be taken twice: from a state that is back already there is nothing to do. So nothing depends on knowing
 *    how far somebody came who died on the way.
 */

/** A chain that was changed. */
export interface TouchedChain {
  readonly name: string
  /** Undefined where the chain was not there. */
  readonly before: ListedChain | undefined
  /** Undefined where the change has removed it. */
  readonly after: { readonly policy?: string; readonly rules: readonly ForeseenRule[] } | undefined
  /** Where all that is known is a rule that has come: which one it is of those that are equal. */
  readonly among?: 'first' | 'last'
}

/** What has been changed in a table. */
export interface TouchedTable {
  readonly place: Place
  readonly chains: readonly TouchedChain[]
}

export interface WayBack {
  readonly operations: readonly Operation[]
  /** What has to stay, in a sentence each. */
  readonly left: readonly string[]
}

/** What takes the change back. @param actual the chains of the table as they are now */
export function wayBack({ place, chains }: TouchedTable, actual: ReadonlyMap<string, ListedChain>): WayBack {
  const edits: Operation[] = []
  const created: Operation[] = []
  const policies: Operation[] = []
  const left: string[] = []
  const remaining = new Map(
    Array.from(actual, ([name, { rules }]): [string, readonly string[]] => [
      name,
      rules.map(({ text }) => text),
    ]),
  )
  const going: string[] = []
  for (const chain of chains) {
    const { name, before, after } = chain
    const now = actual.get(name)
    if (now === undefined && before === undefined) continue
    if (now === undefined && after !== undefined) {
      left.push(`The chain ${name} was removed by somebody else, and was left so.`)
      continue
    }
    if (now === undefined) created.push({ do: 'create', chain: name })
    const { operations, texts } = rulesBack(chain, now?.rules ?? [], place.family)
    edits.push(...operations)
    remaining.set(name, texts)
    if (before === undefined) going.push(name)
    else if (before.policy !== undefined && after?.policy !== before.policy && now?.policy === after?.policy)
      policies.push({ do: 'policy', chain: name, policy: before.policy })
  }
  const removed: Operation[] = []
  for (const name of going) {
    if ((remaining.get(name) ?? []).length > 0) {
      if (!isOwnedName(name))
        left.push(`The chain ${name} stays, because somebody else has put rules into it.`)
    } else if ([...remaining.values()].some((texts) => texts.some((text) => leadsTo(text, name))))
      left.push(`The chain ${name} stays, empty, because a rule of somebody else leads to it.`)
    else removed.push({ do: 'remove', chain: name })
  }
  return { operations: [...created, ...policies, ...edits, ...removed], left }
}

function leadsTo(text: string, chain: string): boolean {
  return [`-j ${chain}`, `-g ${chain}`].some((words) => text === words || text.endsWith(` ${words}`))
}

/** A rule of the chain before or after the change, in one list. */
interface Step extends ListedText {
  readonly does: 'stays' | 'comes' | 'goes'
}

function rulesBack(
  { name, before, after, among }: TouchedChain,
  now: readonly ListedText[],
  family: Family,
): { readonly operations: readonly Operation[]; readonly texts: readonly string[] } {
  const steps = stepsOf(before?.rules ?? [], after?.rules ?? [])
  const numbers = new Numbers(
    steps.map(({ text }) => text),
    family,
  )
  const wanted = steps.map(({ text }) => numbers.of(text))
  const actual = now.map(({ text }) => numbers.of(text))
  const places =
    among === undefined
      ? align(
          wanted,
          actual.map((id) => ({ id, ours: true })),
        )
      : wanted.map((id) => (among === 'first' ? actual.indexOf(id) : actual.lastIndexOf(id)))
  const stays = now.map(() => true)
  const written: (Rule | undefined)[] = []
  const texts: string[] = []
  let place = 0
  let waiting: Step[] = []
  const upTo = (end: number): void => {
    for (; place < end; place++) {
      if (stays[place] !== true) continue
      written.push(undefined)
      texts.push(now[place]?.text ?? '')
    }
  }
  const write = (step: Step): void => {
    written.push(ruleOf(step, { family }))
    texts.push(step.text)
  }
  let met = false
  steps.forEach((step, index) => {
    const found = places[index] ?? -1
    if (found !== -1) {
      if (step.does === 'comes') stays[found] = false
      upTo(found)
      // What went from the head of the chain goes back below what others have put above it.
      for (const each of waiting) write(each)
      waiting = []
      met = true
      upTo(found + 1)
    } else if (step.does === 'goes') {
      if (met) write(step)
      else waiting.push(step)
    }
  })
  upTo(now.length)
  for (const step of waiting) write(step)
  const isChanged = stays.includes(false) || written.some((rule) => rule !== undefined)
  return { operations: isChanged ? edit({ chain: name, shared: true }, stays, written) : [], texts }
}

/** Both lists in one; between two rules that stay, those that come stand before those that go. */
function stepsOf(before: readonly ListedText[], after: readonly ForeseenRule[]): readonly Step[] {
  const steps: Step[] = []
  let next = 0
  const goes = (end: number): void => {
    for (; next < end; next++) {
      const rule = before[next]
      if (rule !== undefined) steps.push({ ...rule, does: 'goes' })
    }
  }
  for (const { text, from } of after) {
    if (from === undefined) steps.push({ text, does: 'comes' })
    else {
      goes(from)
      next = from + 1
      steps.push({ text, does: 'stays' })
    }
  }
  goes(before.length)
  return steps
}

/** Numbers of texts, so that equal rules have equal ones however they are spelled. */
class Numbers {
  readonly #numbers = new Map<string, number>()
  readonly #family: Family
  #count = 0

  constructor(texts: readonly string[], family: Family) {
    this.#family = family
    for (const text of texts) this.#add(text)
  }

  of(text: string): number {
    return (
      this.#numbers.get(text) ??
      this.#numbers.get(comparedTextOf(text, { family: this.#family })) ??
      this.#add(text)
    )
  }

  #add(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const compared = mayDiffer(text) ? comparedTextOf(text, { family: this.#family }) : text
    const number = this.#numbers.get(compared) ?? this.#count++
    this.#numbers.set(compared, number)
    this.#numbers.set(text, number)
    return number
  }
}
