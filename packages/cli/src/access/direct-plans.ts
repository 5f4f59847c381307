import { desiredFromTables, type Firewall, type Plan, type Probation, renderPlan } from 'chainmail'
import { told } from './direct-told.ts'
import type { DesiredRules, PlansAccess, ProbationAccess, ShownPlan } from './plans.ts'

/** Plans of the firewall of this network namespace, by the library alone. */
export function directPlans(firewall: Firewall): PlansAccess {
  return {
    plan: (desired) => told(async () => shown(await planOf(firewall, desired), desired)),
    apply: (desired, { confirmWithin, force = false, sender, onPlan }) =>
      told(async () => {
        const plan = await planOf(firewall, desired)
        const { document, ...rest } = shown(plan, desired)
        onPlan?.({ document, ...rest })
        const { probation, ...applied } = await firewall.apply(plan, {
          force,
          ...(confirmWithin === undefined ? {} : { confirmWithin }),
          ...(sender === undefined ? {} : { guard: sender }),
        })
        if (probation === undefined) return { ...rest, document: { plan: document, applied } }
        const { id, deadline } = probation
        return {
          ...rest,
          document: { plan: document, applied, probation: { id, deadline } },
          probation: probationOf(firewall, probation),
        }
      }),
    confirm: (id) => told(() => firewall.confirm(id)),
    revert: (id) =>
      told(async () => {
        const reverted = await firewall.revert(id)
        return { document: reverted, id: reverted.id, left: reverted.left }
      }),
  }
}

export function probationOf(firewall: Firewall, { id, remaining }: Probation): ProbationAccess {
  return {
    id,
    remaining,
    decided: async () => {
      const decision = await firewall.decided(id)
      return decision === 'withdrawn' ? 'reverted' : decision
    },
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
