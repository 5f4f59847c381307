import type { Firewall, Transaction } from 'chainmail'
import type { FirewallAccess, Made, Place, RuleOptions } from './access.ts'
import { probationOf } from './direct-plans.ts'
import { told } from './direct-told.ts'

/** Single rules of this network namespace, by the library alone. */
export function directRules(firewall: Firewall): Pick<FirewallAccess, 'addRule' | 'deleteRule'> {
  const change = <Value>(
    value: Value,
    { confirmWithin, force = false, sender }: RuleOptions,
    record: (transaction: Transaction) => void,
  ): Promise<Made<Value>> =>
    told(async () => {
      const { probation, ...applied } = await firewall.transaction(record, {
        ...(force ? {} : { guard: sender ?? {} }),
        ...(confirmWithin === undefined ? {} : { confirmWithin }),
      })
      if (probation === undefined) return { document: applied, value }
      const { id, deadline } = probation
      return {
        document: { ...applied, probation: { id, deadline } },
        value,
        probation: probationOf(firewall, probation),
      }
    })
  return {
    addRule: (chain, place: Place, rule, options) =>
      change(rule, options, (transaction) => {
        const { position } = options
        if (position === undefined) transaction.append(chain, rule, place)
        else transaction.insert(chain, rule, { ...place, position })
      }),
    deleteRule: (chain, place: Place, rule, options) =>
      change(undefined, options, (transaction) => transaction.delete(chain, rule, place)),
  }
}
