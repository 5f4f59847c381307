import type { Spelling } from '../../model/version.ts'
import { renderRule } from '../../text/render-rule.ts'
import type { DesiredState } from './desired.ts'

/** A desired state in the words of a host's iptables, whatever words it was read in. */
export function spelled(desired: DesiredState, spelling: Spelling): DesiredState {
  if (desired.spelling?.iptables === spelling.iptables) return desired
  const tables = desired.tables.map(({ place, chains }) => ({
    place,
    chains: new Map(
      Array.from(chains, ([name, chain]) => {
        if (chain.rules === undefined) return [name, chain]
        const rules = chain.rules.map(({ rule }) => ({
          rule,
          text: renderRule(rule, { ...place, ...spelling }),
        }))
        return [name, { ...chain, rules }]
      }),
    ),
  }))
  return { ...desired, spelling, tables }
}
