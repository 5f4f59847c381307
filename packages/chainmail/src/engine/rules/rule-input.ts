import { checkRule } from '../../model/check.ts'
import type { Context } from '../../model/kind.ts'
import type { Rule, RuleInput } from '../../model/rule.ts'
import { parseRule } from '../../text/parse-rule.ts'

/** A rule as data or in iptables' own words, made canonical. */
export function readRule(input: RuleInput | string, context: Context): Rule {
  return typeof input === 'string' ? parseRule(input, context) : checkRule(input, context)
}
