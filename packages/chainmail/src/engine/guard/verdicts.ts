import type { Family } from '@chainmail/kernel'
import type { Rule } from '../../model/rule.ts'
import { networkBlock } from '../../network.ts'
import { type Span, spanOf } from '../../network-span.ts'
import { type ListedChain, type ListedText, ruleOf } from '../plan/listing.ts'
import type { Place } from '../rules/operation.ts'
import { type Answer, all } from './answer.ts'
import { judgeRule, type SetLookup } from './conditions.ts'
import type { GuardedPacket } from './packets.ts'

/**
 * What becomes of packets: the one seam between the guard against locking out and whoever evaluates rules.
 *
 * This first form walks the chains in their order, and judges by what is known of a packet. It leans to the side of
 * refusing: a rule that drops, under a condition that it does not know, drops; one that accepts under such a condition
 * saves nothing. What concerns only some packets, such as a rate, is no lock-out and no way in.
 */

/** The rules and sets of a network namespace, as they are or as a change makes them. */
export interface JudgedState {
  readonly tables: readonly JudgedTable[]
  readonly sets: (family: Family) => SetLookup
}

export interface JudgedTable {
  readonly place: Place
  readonly chains: ReadonlyMap<string, ListedChain>
}

/** What becomes of one packet, and by which rule or policy where it is dropped. */
export type Verdict =
  | { readonly packet: GuardedPacket; readonly passes: true }
  | { readonly packet: GuardedPacket; readonly passes: false; readonly by: DroppedBy }

export interface DroppedBy {
  readonly place: Place
  readonly chain: string
  /** Counted from 1; absent for the policy of the chain. */
  readonly number?: number
  readonly text: string
}

/** Verdicts in the order of the packets. */
export function judge({ tables, sets }: JudgedState, packets: readonly GuardedPacket[]): readonly Verdict[] {
  const walks = tables.map((table) => new Walk(table, sets(table.place.family)))
  return packets.map((packet): Verdict => {
    for (const walk of walks) {
      const by = walk.drops(packet)
      if (by !== undefined) return { packet, passes: false, by }
    }
    return { packet, passes: true }
  })
}

/** Where a packet for this host, or from it, comes past. nat decides about no packet. */
const hooks: Readonly<Record<GuardedPacket['direction'], ReadonlyMap<string, readonly string[]>>> = {
  in: new Map([
    ['raw', ['PREROUTING']],
    ['mangle', ['PREROUTING', 'INPUT']],
    ['filter', ['INPUT']],
    ['security', ['INPUT']],
  ]),
  out: new Map([
    ['raw', ['OUTPUT']],
    ['mangle', ['OUTPUT', 'POSTROUTING']],
    ['filter', ['OUTPUT']],
    ['security', ['OUTPUT']],
  ]),
}

/** The kernel lets no chain lead to itself; this is for states that it has not seen. */
const DEEPEST = 64

type Outcome = { readonly do: 'accept' } | { readonly do: 'drop'; readonly by: DroppedBy }

class Walk {
  readonly #table: JudgedTable
  readonly #sets: SetLookup
  readonly #rules = new Map<string, Rule>()
  readonly #named = new Map<string, readonly (Span | undefined)[]>()

  constructor(table: JudgedTable, sets: SetLookup) {
    this.#table = table
    this.#sets = sets
  }

  /** By what the packet is dropped in this table; undefined where it passes. */
  drops(packet: GuardedPacket): DroppedBy | undefined {
    const { place, chains } = this.#table
    if (packet.family !== place.family) return undefined
    for (const hook of hooks[packet.direction].get(place.table) ?? []) {
      const outcome = this.#chain(hook, packet, 'yes', false, 0)
      if (outcome?.do === 'drop') return outcome.by
      if (outcome === undefined && chains.get(hook)?.policy === 'DROP' && !packet.onlyNamed)
        return { place, chain: hook, text: `the policy of ${hook} is DROP, and no rule accepts it` }
    }
    return undefined
  }

  /** @param sure how sure it is that the packet comes here; @param isNamed whether a rule that leads here names it */
  #chain(
    name: string,
    packet: GuardedPacket,
    sure: Answer,
    isNamed: boolean,
    depth: number,
  ): Outcome | undefined {
    const { place, chains } = this.#table
    const { rules = [] } = chains.get(name) ?? {}
    const named = packet.remote === undefined ? [] : this.#spans(name, rules, packet.direction)
    const remote = packet.remote === undefined ? undefined : spanOf(packet.remote)
    for (const [index, { text }] of rules.entries()) {
      const span = named[index]
      if (
        span !== undefined &&
        remote !== undefined &&
        (span.last < remote.first || span.first > remote.last)
      )
        continue
      const rule = this.#rule(text)
      const judgement = judgeRule(rule, packet, this.#sets)
      if (judgement.holds === 'no') continue
      const answer = all([sure, judgement.holds])
      const isNamedHere = isNamed || judgement.isNamed
      const target = targetOf(rule)
      if (target === 'DROP' || target === 'REJECT') {
        if ((answer === 'yes' || answer === 'unknown') && (isNamedHere || !packet.onlyNamed))
          return { do: 'drop', by: { place, chain: name, number: index + 1, text } }
      } else if (target === 'ACCEPT') {
        if (answer === 'yes' || (answer === 'part' && !packet.onlyNamed)) return { do: 'accept' }
      } else if (target === 'RETURN') {
        if (judgement.holds === 'yes') return undefined
      } else if (target !== undefined && chains.has(target) && depth < DEEPEST) {
        const outcome = this.#chain(target, packet, answer, isNamedHere, depth + 1)
        if (outcome !== undefined) return outcome
        if (rule.goto !== undefined && judgement.holds === 'yes') return undefined
      }
    }
    return undefined
  }

  #rule(text: string): Rule {
    const known = this.#rules.get(text)
    if (known !== undefined) return known
    const rule = ruleOf({ text }, this.#table.place)
    this.#rules.set(text, rule)
    return rule
  }

  /**
   * Most rules of a long list name an address in front; one of somebody else need not be taken apart. Undefined for
   * a rule that does not.
   */
  #spans(
    chain: string,
    rules: readonly ListedText[],
    direction: GuardedPacket['direction'],
  ): readonly (Span | undefined)[] {
    const key = `${direction} ${chain}`
    const known = this.#named.get(key)
    if (known !== undefined) return known
    const words = direction === 'in' ? '-s ' : '-d '
    const spans = rules.map(({ text }) => {
      if (!text.startsWith(words)) return undefined
      const end = text.indexOf(' ', words.length)
      return readSpan(text.slice(words.length, end === -1 ? undefined : end))
    })
    this.#named.set(key, spans)
    return spans
  }
}

function readSpan(text: string): Span | undefined {
  try {
    return spanOf(networkBlock(text))
  } catch {
    return undefined
  }
}

/** What a rule does with a packet, or the chain that it leads to. */
export function targetOf({ target, goto }: Rule): string | undefined {
  if (goto !== undefined) return goto
  return typeof target === 'object' ? Object.keys(target)[0] : target
}
