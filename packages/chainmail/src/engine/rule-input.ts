import { checkRule } from '../model/check.ts'
import type { Rule, RuleInput } from '../model/rule.ts'
import { parseRule } from '../text/parse-rule.ts'
import type { Place } from './operation.ts'

/** A rule as data or in iptables' own words, made canonical. */
export function readRule(input: RuleInput | string, place: Place): Rule {
  return typeof input === 'string' ? parseRule(input, place) : checkRule(input, place)
}
