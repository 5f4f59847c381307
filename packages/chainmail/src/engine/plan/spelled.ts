import { mayDiffer } from '../../model/equality.ts'
import type { Context } from '../../model/kind.ts'
import type { Rule } from '../../model/rule.ts'
import type { Spelling } from '../../model/version.ts'
import { parseRule } from '../../text/parse-rule.ts'
import { renderRule } from '../../text/render-rule.ts'
import type { DesiredRule, DesiredState } from './desired.ts'
import { located } from './located.ts'

/**
 * A desired state in the words of a host's iptables, whatever words it was read in.
 *
 * @throws ChainmailError `bad-rule` with the path of a rule that this iptables takes for another one
 */
export function spelled(desired: DesiredState, spelling: Spelling): DesiredState {
  if (desired.spelling?.iptables === spelling.iptables) return desired
  const tables = desired.tables.map(({ place, chains }) => ({
    place,
    chains: new Map(
      Array.from(chains, ([name, chain]) => {
        if (chain.rules === undefined) return [name, chain]
        const context = { ...place, ...spelling }
        const rules = chain.rules.map(({ rule }, index) =>
          located(`${place.table}.${name}.rules[${index}]`, () => spelledRule(rule, context)),
        )
        return [name, { ...chain, rules }]
      }),
    ),
  }))
  return { ...desired, spelling, tables }
}

/** @throws ChainmailError `bad-rule` where it was read in words that this iptables takes for another rule */
export function spelledRule(rule: Rule, context: Context): DesiredRule {
  const text = renderRule(rule, context)
  if (mayDiffer(text)) parseRule(text, context)
  return { rule, text }
}
