import type { Plan } from '../plan/plan.ts'
import { touchedByPlan } from '../probation/touched.ts'
import { changedChains } from './changed-chain.ts'
import type { PastChange } from './plan-back.ts'

/** What a plan changes, as it is kept: from it, `planBack` finds the way back later. */
export function changesOf(plan: Plan): Pick<PastChange, 'chains' | 'sets'> {
  const { tables, sets } = touchedByPlan(plan)
  return { chains: tables.flatMap(changedChains), sets }
}
