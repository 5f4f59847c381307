import type { Family, Ipset } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { Spelling } from '../../model/version.ts'
import { desiredBack, lookedAt, type PastChange } from '../history/plan-back.ts'
import { restoreLines } from '../rules/operation.ts'
import type { RuleDoors, RuleWriter } from '../rules/writer.ts'
import { collectEntries } from '../sets/set-content.ts'
import type { SetTurns } from '../sets/set-turns.ts'
import { Undo } from '../transactions/undo.ts'
import { applySets, destroyPlanned } from './apply-sets.ts'
import { chainsHold, setsHold } from './basis.ts'
import type { DesiredState } from './desired.ts'
import type { ListedTable } from './listing.ts'
import { type ActualState, type Plan, planOf } from './plan.ts'
import type { ListedSet } from './set-plan.ts'
import { spelled } from './spelled.ts'

/** The kernel is no longer what the plan was made from. {@link plan} is one for what it is now. */
export class PlanStaleError extends ChainmailError {
  readonly plan: Plan

  constructor(plan: Plan) {
    super(
      'plan-stale',
      'The chains or sets of the plan have changed since it was made, so nothing was done: look at the new plan and apply that.',
    )
    this.plan = plan
  }
}

/**
 * The plan was applied, and another program changed the same chains at that very moment: rules are told by their
 * numbers, so the result may not be what was planned. {@link plan} is one for what it is now.
 */
export class PlanRacedError extends ChainmailError {
  readonly plan: Plan

  constructor(plan: Plan) {
    super(
      'plan-raced',
      'Another program changed the same chains at the moment at which the plan was applied, and they are not what was planned: look at the new plan, and at the rules of others.',
    )
    this.plan = plan
  }
}

/** What applying a plan came to. */
export interface Applied {
  /** Commits of rules that the kernel has acknowledged: one for each table and family that changed. */
  readonly commits: number
  /** Sets that were changed. */
  readonly sets: number
  /** Milliseconds, from the look whether the plan still holds to the last acknowledgement. */
  readonly duration: number
}

/** The way back from changes. */
export interface PlanBack {
  readonly plan: Plan
  /** What has to stay because of what others have done since, in a sentence each. */
  readonly left: readonly string[]
}

/** What plans are made from and applied by. */
export interface PlannerDoors {
  readonly writer: RuleWriter
  readonly ipset: Ipset
  readonly turns: SetTurns
  /** All tables of a family, read without creating any. */
  readonly list: (family: Family) => Promise<readonly ListedTable[]>
  /** The generation of nf_tables; undefined on the legacy backend. */
  readonly generation: () => number | undefined
  /** How the host's iptables prints rules. */
  readonly spelling: Spelling
}

/** Makes plans for the kernel, and applies them: all of a plan or nothing. */
export class Planner {
  readonly #doors: PlannerDoors

  constructor(doors: PlannerDoors) {
    this.#doors = doors
  }

  plan(desired: DesiredState): Promise<Plan> {
    return this.#doors.writer.alone(async () => planOf(desired, await this.#read(desired)))
  }

  /** @param changes the newest first */
  planBack(changes: readonly PastChange[]): Promise<PlanBack> {
    return this.#doors.writer.alone(async () => {
      const actual = await this.#read(lookedAt(changes))
      const { desired, left } = desiredBack(changes, actual, Date.now())
      return { plan: planOf(spelled(desired, this.#doors.spelling), actual), left }
    })
  }

  /** @throws PlanStaleError, PlanRacedError; ChainmailError `undo-failed`; what the kernel refuses, with everything as it was */
  apply(plan: Plan): Promise<Applied> {
    return this.#doors.writer.alone(async (doors) => {
      const began = performance.now()
      const fresh = await this.#freshUnlessValid(plan)
      if (fresh !== undefined && !fresh.isEmpty) throw new PlanStaleError(fresh)
      if (fresh === undefined && !plan.isEmpty) {
        const before = this.#doors.generation()
        await this.#execute(plan, doors)
        await this.#check(plan, before)
      }
      const { tables, sets } = fresh ?? plan
      return { commits: tables.length, sets: sets.length, duration: performance.now() - began }
    })
  }

  /** A new plan, where the kernel has changed in what the plan has looked at. */
  async #freshUnlessValid(plan: Plan): Promise<Plan | undefined> {
    const { generation } = plan.basis
    const isSameGeneration = generation !== undefined && generation === this.#doors.generation()
    const hasTables = plan.desired.tables.length > 0
    if (isSameGeneration || !hasTables) {
      const sets = await this.#readSets(plan.desired)
      if (setsHold(plan, { tables: {}, sets })) return undefined
    }
    const actual = await this.#read(plan.desired)
    return chainsHold(plan, actual) && setsHold(plan, actual) ? undefined : planOf(plan.desired, actual)
  }

  /** Between the look and the commit others may have written: then, or where nothing tells, the result is read. */
  async #check({ desired, tables }: Plan, before: number | undefined): Promise<void> {
    if (tables.length === 0) return
    if (before !== undefined && this.#doors.generation() === before + tables.length) return
    const rest = planOf(desired, await this.#read(desired))
    if (rest.tables.length > 0) throw new PlanRacedError(rest)
  }

  async #execute({ tables, sets }: Plan, doors: RuleDoors): Promise<void> {
    const undo = new Undo()
    try {
      const release = await applySets(this.#doors, sets, undo)
      for (const { place, operations, inverse } of tables) {
        const context = { ...place, ...this.#doors.spelling }
        await doors.commit(place, restoreLines(operations, context))
        undo.push(() => doors.commit(place, restoreLines(inverse(), context)))
      }
      await destroyPlanned(this.#doors.ipset, sets, undo)
      await release()
    } catch (error) {
      await undo.because(error)
    }
  }

  /** What the kernel holds. The generation is told where nothing has changed while it was read. */
  async #read(desired: DesiredState): Promise<ActualState> {
    const before = this.#doors.generation()
    const tables: Partial<Record<Family, readonly ListedTable[]>> = {}
    for (const family of new Set(desired.tables.map(({ place }) => place.family)))
      tables[family] = await this.#doors.list(family)
    const isSteady = before !== undefined && before === this.#doors.generation()
    return { tables, sets: await this.#readSets(desired), generation: isSteady ? before : undefined }
  }

  async #readSets({ sets }: DesiredState): Promise<ReadonlyMap<string, ListedSet>> {
    const { ipset } = this.#doors
    const listed = new Map<string, ListedSet>()
    if (sets.length === 0) return listed
    const names = new Set(ipset.names())
    for (const set of sets) {
      const { name } = set
      if (!names.has(name)) continue
      const { type, options } = await ipset.describe(name)
      const isLookedInto = set.absent || set.entries !== undefined
      listed.set(name, {
        type,
        options,
        ...(isLookedInto ? { entries: await collectEntries(ipset, name) } : {}),
      })
    }
    return listed
  }
}
