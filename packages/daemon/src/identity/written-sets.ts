import type { Family } from '@chainmail/kernel'
import { ChainmailError, type Matches, parseRule, type Rule, renderRule } from 'chainmail'

/**
 * The sets to which a rule adds packets' addresses, or from which it takes them, and the lists of the match recent that
 * it writes, as `recent:name`: whoever makes the rule changes them by sending packets. Undefined where an extension that
 * the model does not know leaves that open.
 */
export function writtenSets(rule: Rule, family: Family): readonly string[] | undefined {
  const read = isOpaque(rule) ? reread(rule, family) : rule
  if (read === undefined) return undefined
  // The options of a match that is not known may be meant for one beside it.
  return isOpaque(read) && mayWrite(read) ? undefined : [...setsOf(read), ...listsOf(read)]
}

function mayWrite(rule: Rule): boolean {
  const { target } = rule
  const isSet = typeof target === 'object' && target.SET !== undefined
  return isSet || matchesOf(rule).some(({ recent }) => recent !== undefined)
}

function setsOf({ target }: Rule): readonly string[] {
  if (typeof target !== 'object' || target.SET === undefined) return []
  const { addSet, delSet } = target.SET
  return [addSet, delSet].flatMap((reference) => (reference === undefined ? [] : [reference[0]]))
}

function listsOf(rule: Rule): readonly string[] {
  return matchesOf(rule).flatMap(({ recent }) => {
    if (recent === undefined) return []
    const { set, update, remove, reap, name = 'DEFAULT' } = recent
    return [set, update, remove, reap].some((writes) => writes !== undefined) ? [`recent:${name}`] : []
  })
}

function matchesOf({ matches = [] }: Rule): readonly Matches[] {
  return [matches].flat()
}

function isOpaque(rule: Rule): boolean {
  const { target } = rule
  const isTarget = typeof target === 'object' && target.opaque !== undefined
  return isTarget || matchesOf(rule).some(({ opaque }) => opaque !== undefined)
}

/** A caller may write down as unknown what the model knows; in iptables' words it is what the kernel will have. */
function reread(rule: Rule, family: Family): Rule | undefined {
  try {
    return parseRule(renderRule(rule, { family }), { family })
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    return undefined
  }
}
