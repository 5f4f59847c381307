import { createHash } from 'node:crypto'
import { renderRule } from '../text/render-rule.ts'
import type { Context } from './kind.ts'
import type { Rule } from './rule.ts'

/** Whether two rules of a family are the same, however they were spelled; counters do not count. */
export function sameRule(one: Rule, other: Rule, context: Context): boolean {
  return comparedText(one, context) === comparedText(other, context)
}

/** A name for a rule that does not depend on its spelling: SHA-256 of its family and canonical text, in hexadecimal. */
export function ruleHash(rule: Rule, context: Context): string {
  return createHash('sha256')
    .update(`${context.family} ${comparedText(rule, context)}`)
    .digest('hex')
}

/** The text that all rules share which are the same as this one: its canonical text, but where one meaning is printed in two ways. */
export function comparedText(rule: Rule, context: Context): string {
  return renderRule(rule, { ...context, compared: true })
}

/** Turned around, or by the name of 0 as some hosts have it. */
const ambiguous = /! --|--(?:src-group|dst-group|realm) (?:default|cosmos|0x0)/

/** Whether the compared text of a rule may be another one than its canonical text. */
export function mayDiffer(text: string): boolean {
  return ambiguous.test(text)
}
