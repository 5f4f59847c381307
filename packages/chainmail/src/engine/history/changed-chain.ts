import { count } from '../../model/kinds/count.ts'
import type { ListedText } from '../plan/listing.ts'
import type { ForeseenRule } from '../probation/foresee.ts'
import type { TouchedChain, TouchedTable } from '../probation/way-back.ts'
import type { Place } from '../rules/operation.ts'

/**
 * What a change has done to a chain, short enough to be kept for long: a diff. From it, from what the chain is now, and
 * from nothing else the way back can be found, whatever others have done meanwhile.
 */
export interface ChangedChain extends Place {
  readonly chain: string
  /** `created` and `removed` chains, and those that were there before and after. */
  readonly did: 'created' | 'removed' | 'changed'
  readonly policy?: { readonly before: string; readonly after: string }
  /**
   * A rule each, as iptables-save prints it, with a mark in front: `+` has come, `-` has gone (and what it had counted,
   * `[packets:bytes]`), a blank was there before and after: some of those around what has changed.
   */
  readonly lines: readonly string[]
  /** Of a single rule that has come, where nothing tells what is around it: which one it was of those that are equal. */
  readonly among?: 'first' | 'last'
}

/** Rules that are kept on either side of one that has come or gone. */
const AROUND = 3

/** The chains that a change has touched, without the rules that tell nothing. */
export function changedChains({ place, chains }: TouchedTable): readonly ChangedChain[] {
  return chains.flatMap((chain) => {
    const changed = changedChain(place, chain)
    const isSame = changed.did === 'changed' && changed.policy === undefined && changed.lines.length === 0
    return isSame ? [] : [changed]
  })
}

/**
 * A rule was put into a chain; where it stands is told by the kernel when it matters.
 *
 * @param among `first` for one that was put at the head of the chain, `last` at its end
 */
export function addedRule(
  place: Place,
  chain: string,
  text: string,
  among?: ChangedChain['among'],
): ChangedChain {
  return {
    ...place,
    chain,
    did: 'changed',
    lines: [`+${text}`],
    ...(among === undefined ? {} : { among }),
  }
}

/** What the way back is found with. */
export function touchedChain({ chain, did, policy, lines, among }: ChangedChain): TouchedChain {
  const before: ListedText[] = []
  const after: ForeseenRule[] = []
  for (const line of lines) {
    const mark = line[0]
    const rule = readLine(line.slice(1))
    if (mark === '+') after.push({ text: rule.text })
    else {
      if (mark === ' ') after.push({ ...rule, from: before.length })
      before.push(rule)
    }
  }
  const policies = { before: policy && { policy: policy.before }, after: policy && { policy: policy.after } }
  return {
    name: chain,
    before: did === 'created' ? undefined : { name: chain, ...policies.before, rules: before },
    after: did === 'removed' ? undefined : { ...policies.after, rules: after },
    ...(among === undefined ? {} : { among }),
  }
}

function changedChain(place: Place, { name, before, after }: TouchedChain): ChangedChain {
  const did = before === undefined ? 'created' : after === undefined ? 'removed' : 'changed'
  const policies = { before: before?.policy, after: after?.policy }
  const isNewPolicy =
    policies.before !== undefined && policies.after !== undefined && policies.before !== policies.after
  return {
    ...place,
    chain: name,
    did,
    ...(isNewPolicy ? { policy: { before: policies.before ?? '', after: policies.after ?? '' } } : {}),
    lines: around(linesOf(before?.rules ?? [], after?.rules ?? [])),
  }
}

function linesOf(before: readonly ListedText[], after: readonly ForeseenRule[]): readonly string[] {
  const lines: string[] = []
  let next = 0
  const gone = (end: number): void => {
    for (; next < end; next++) lines.push(`-${lineOf(before[next] ?? { text: '' })}`)
  }
  for (const { text, from } of after) {
    if (from === undefined) lines.push(`+${text}`)
    else {
      gone(from)
      next = from + 1
      lines.push(` ${text}`)
    }
  }
  gone(before.length)
  return lines
}

/** The lines that have a mark, and the nearest of the others. */
function around(lines: readonly string[]): readonly string[] {
  const kept = new Uint8Array(lines.length)
  lines.forEach((line, index) => {
    if (!line.startsWith(' ')) kept.fill(1, Math.max(0, index - AROUND), index + AROUND + 1)
  })
  return lines.filter((_, index) => kept[index] === 1)
}

function lineOf({ text, counters }: ListedText): string {
  return counters === undefined ? text : `[${counters.packets}:${counters.bytes}] ${text}`
}

const COUNTED = /^\[(\d+):(\d+)\] /

function readLine(line: string): ListedText {
  const [head, packets, bytes] = COUNTED.exec(line) ?? []
  if (head === undefined || packets === undefined || bytes === undefined) return { text: line }
  return { text: line.slice(head.length), counters: { packets: count(packets), bytes: count(bytes) } }
}
