import type { FirewallDoors } from '../doors.ts'
import type { DesiredPart } from '../drift/desired-part.ts'
import { PlanPart } from '../drift/plan-part.ts'
import type { GuardOptions } from '../guard/packets.ts'
import type { PartOfProbation, ProbationOptions } from '../probation/probation.ts'
import { touchedByPlan } from '../probation/touched.ts'
import { restoreLines } from '../rules/operation.ts'
import { rehearseLines } from '../rules/rehearsal.ts'
import type { AppliedChange } from '../transactions/transactions.ts'
import { type DesiredInput, type DesiredState, isDesiredState, readDesired } from './desired.ts'
import type { Plan } from './plan.ts'
import type { Applied } from './planner.ts'
import { spelled } from './spelled.ts'

/** How a plan is applied. */
export interface ApplyOptions extends Partial<ProbationOptions>, PartOfProbation {
  /** What must not be shut out beside the allowlist. A change on probation is not refused, unless this says so. */
  readonly guard?: GuardOptions | undefined
  /** Makes the change although it shuts somebody out. */
  readonly force?: boolean
}

/** Whether the kernel holds what it should. */
export interface Verification {
  readonly holds: boolean
  readonly plan: Plan
}

/** Plans, as they are guarded, put on probation and told of. */
export class Plans {
  readonly #doors: FirewallDoors

  constructor(doors: FirewallDoors) {
    this.#doors = doors
  }

  async plan(desired: DesiredInput | DesiredState): Promise<Plan> {
    const { spelling, planner } = this.#doors
    const read = isDesiredState(desired) ? desired : await readDesired(desired, spelling)
    return planner.plan(spelled(read, spelling))
  }

  async apply(plan: Plan, options: ApplyOptions = {}): Promise<AppliedChange> {
    const { probations } = this.#doors
    const { confirmWithin, partOf } = options
    if (plan.isEmpty) return this.#make(plan)
    const touched = touchedByPlan(plan)
    if (partOf === undefined) await this.#refuseLockOut(plan, options)
    if (confirmWithin !== undefined) {
      const { result, probation } = await probations.around(touched, confirmWithin, () => this.#make(plan))
      if (result.commits + result.sets > 0) return { ...result, probation }
      // Somebody else has done all of it meanwhile: that is not to be taken back.
      await probation.confirm()
      return result
    }
    probations.refuseWhilePending(touched, partOf)
    if (partOf !== undefined) {
      // Single entries are the caller's own part of it.
      probations.renew(partOf, ({ sets }) => ({
        tables: touched.tables,
        sets: [...touched.sets, ...sets.filter((set) => set.do === 'entries')],
      }))
      return this.#make(plan)
    }
    // One commit is one step, whatever happens to this process.
    const isOneStep = plan.sets.length === 0 && plan.tables.length === 1
    return isOneStep ? this.#make(plan) : probations.journaled(touched, () => this.#make(plan))
  }

  async rehearse(plan: Plan, options: ApplyOptions): Promise<void> {
    const { probations, writer, spelling } = this.#doors
    if (plan.isEmpty) return
    probations.refuseWhilePending(touchedByPlan(plan))
    await this.#refuseLockOut(plan, options)
    if (plan.sets.some((set) => set.do === 'create')) return
    await writer.alone(async (doors) => {
      for (const { place, operations } of plan.tables)
        await rehearseLines(doors, place, restoreLines(operations, { ...place, ...spelling }))
    })
  }

  part(desired: DesiredState): DesiredPart {
    const { writer, spelling } = this.#doors
    return new PlanPart(desired, {
      plan: (wanted) => this.plan(wanted),
      // It was let through when it was applied.
      apply: (plan) => this.apply(plan, { force: true }),
      change: (place, operations) =>
        writer.change(place, restoreLines(operations, { ...place, ...spelling })),
    })
  }

  async #refuseLockOut(plan: Plan, { confirmWithin, guard, force = false }: ApplyOptions): Promise<void> {
    const isTrial = confirmWithin !== undefined && guard?.alsoOnProbation !== true
    if (!force && !isTrial) await this.#doors.lockOut.checkPlan(plan, guard ?? {})
  }

  async #make(plan: Plan): Promise<Applied> {
    const { sets, planner, events } = this.#doors
    const names = plan.sets.map(({ name }) => name)
    const applied = await sets.turns.takeWhole(names, () => planner.apply(plan))
    if (!plan.isEmpty) events.changed(() => ({ what: 'plan', summary: plan.summary }))
    return applied
  }
}
