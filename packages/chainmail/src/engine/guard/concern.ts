import { isBuiltIn } from '../../model/names/tables.ts'
import type { Rule } from '../../model/rule.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { judgeRule, type SetLookup } from './conditions.ts'
import type { GuardedPacket } from './packets.ts'
import { targetOf } from './verdicts.ts'

/**
 * Whether a change may concern packets at all. Most changes name somebody else: of them nothing has to be read, and
 * they are as fast as without a guard. It leans to the side of yes.
 */
export function mayConcern(
  operation: Operation,
  place: Place,
  packets: readonly GuardedPacket[],
  sets: SetLookup,
): boolean {
  // Rules of nat decide about no packet.
  if (place.table === 'nat') return false
  switch (operation.do) {
    case 'create':
    case 'remove':
      return false
    case 'policy':
      return operation.policy !== 'ACCEPT'
    case 'flush':
    case 'replace':
      return true
    case 'delete': {
      const { rule } = operation
      if (typeof rule === 'number') return true
      return !drops(rule) && packets.some((packet) => holds(rule, place, packet, sets))
    }
    case 'append':
    case 'insert': {
      const { rule, chain } = operation
      const target = targetOf(rule)
      if (target === 'ACCEPT' || target === undefined) return false
      const onItsOwn = drops(rule) && isBuiltIn(place.table, chain)
      return packets.some((packet) => holds(rule, place, packet, sets, onItsOwn))
    }
  }
}

/** @param onItsOwn whether no rule that leads here can have named the other end */
function holds(
  rule: Rule,
  { family }: Place,
  packet: GuardedPacket,
  sets: SetLookup,
  onItsOwn = false,
): boolean {
  if (packet.family !== family) return false
  const { holds, isNamed } = judgeRule(rule, packet, sets)
  return holds !== 'no' && !(onItsOwn && packet.onlyNamed && !isNamed)
}

function drops(rule: Rule): boolean {
  const target = targetOf(rule)
  return target === 'DROP' || target === 'REJECT'
}
