import { createHash } from 'node:crypto'
import { renderRule } from '../text/render-rule.ts'
import type { Context } from './kind.ts'
import type { Rule } from './rule.ts'

/** Whether two rules of a family are the same, however they were spelled; counters do not count. */
export function sameRule(one: Rule, other: Rule, context: Context): boolean {
  return renderRule(one, context) === renderRule(other, context)
}

/** A name for a rule that does not depend on its spelling: SHA-256 of its family and canonical text, in hexadecimal. */
export function ruleHash(rule: Rule, context: Context): string {
  return createHash('sha256')
    .update(`${context.family} ${renderRule(rule, context)}`)
    .digest('hex')
}
