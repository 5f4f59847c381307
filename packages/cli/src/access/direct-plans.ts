import { desiredFromTables, type Firewall, type Plan, renderPlan } from 'chainmail'
import { told } from './direct-told.ts'
import type { DesiredRules, PlansAccess, ShownPlan } from './plans.ts'

/** Plans of the firewall of this network namespace, by the library alone. */
export function directPlans(firewall: Firewall): PlansAccess {
  return {
    plan: (desired) => told(async () => shown(await planOf(firewall, desired), desired)),
    apply: (desired) =>
      told(async () => {
        const plan = await planOf(firewall, desired)
        const applied = await firewall.apply(plan)
        const { document, ...rest } = shown(plan, desired)
        return { ...rest, document: { plan: document, applied } }
      }),
  }
}

function planOf(firewall: Firewall, { tables, family, scope, owner, silent }: DesiredRules): Promise<Plan> {
  return firewall.plan(
    desiredFromTables(tables, {
      family,
      silent,
      ...(scope === undefined ? {} : { scope }),
      ...(owner === undefined ? {} : { owner }),
    }),
  )
}

function shown(plan: Plan, { family }: DesiredRules): ShownPlan {
  return {
    document: plan.toJSON(),
    isEmpty: plan.isEmpty,
    diff: (colour) => renderPlan(plan, { colour }),
    restoreText: plan.restoreText(family),
  }
}
