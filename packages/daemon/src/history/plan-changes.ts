import {
  type AppliedChange,
  type ApplyOptions,
  ChainmailError,
  type ChangedChain,
  changesOf,
  type DesiredState,
  type Firewall,
  type Plan,
  PlanRacedError,
  PlanStaleError,
  type Probation,
} from 'chainmail'
import type { History } from './history.ts'
import type { ProbationDecisions } from './probation-decisions.ts'
import type { Also, Operations, Origin } from './revision.ts'

export interface PlanParts {
  readonly history: History
  readonly firewall: Pick<Firewall, 'apply' | 'planBack'>
  readonly decisions: Pick<ProbationDecisions, 'hold' | 'watch'>
  /** Keeps what a plan has made, where that is to last. */
  readonly applied?: AppliedStates | undefined
}

/** What is kept of applied plans beside the history. */
export interface AppliedStates {
  applied(desired: DesiredState, operations: Operations, probation?: string): Promise<Also>
  decided(id: string, isKept: boolean, operations: Operations): Promise<Also>
}

export interface AppliedPlan {
  readonly plan: Plan
  readonly applied: AppliedChange
  /** Its number in the history; undefined where nothing was to be done. */
  readonly revision: number | undefined
}

/** How often a plan is made anew while others change the same chains. */
const MOST_PLANS = 20

/**
 * Applies a plan that nobody has looked at: when it is stale, the new one takes its place.
 *
 * @throws what {@link applyPlan} throws; `plan-stale` where others change the same chains all the time
 */
export async function applyLatest(
  parts: PlanParts,
  plan: Plan,
  origin: Origin,
  options: ApplyOptions = {},
): Promise<AppliedPlan> {
  let latest = plan
  for (let plans = 1; ; plans++) {
    try {
      return await applyPlan(parts, latest, origin, options)
    } catch (error) {
      if (!(error instanceof PlanStaleError) || plans === MOST_PLANS) throw error
      latest = error.plan
    }
  }
}

/**
 * Applies a plan, which becomes a revision; what cannot be kept is taken back.
 *
 * @throws what the library refuses; of that, `plan-raced` with what was made kept; DaemonError `store-failed`
 */
export function applyPlan(
  parts: PlanParts,
  plan: Plan,
  origin: Origin,
  options: ApplyOptions = {},
): Promise<AppliedPlan> {
  return parts.history.follower.gate.enter(() => apply(parts, plan, origin, options))
}

async function apply(
  parts: PlanParts,
  plan: Plan,
  origin: Origin,
  options: ApplyOptions,
): Promise<AppliedPlan> {
  const { history, firewall, decisions } = parts
  const operations = changesOf(plan)
  const applied = await firewall.apply(plan, options).catch(async (error: unknown) => {
    const isOnProbation = origin.probation !== undefined || options.confirmWithin !== undefined
    if (error instanceof PlanRacedError && !isOnProbation)
      await history
        .keep({ origin, what: 'plan', operations })
        .catch((refused: unknown) => takeBack(firewall, operations, refused))
    throw error
  })
  const { probation } = applied
  if (probation !== undefined) {
    decisions.hold(probation.id, operations)
    // What cannot be kept is taken back, and held no longer.
    decisions.watch(probation.id)
  }
  try {
    // What is a part of a probation is not yet what should be.
    const also =
      origin.probation === undefined
        ? await parts.applied?.applied(plan.desired, operations, probation?.id)
        : () => () => undefined
    // Empty, or fulfilled by somebody else meanwhile.
    if (applied.commits + applied.sets === 0) {
      if (also !== undefined) history.transaction(also)
      return { plan, applied, revision: undefined }
    }
    const own = probation === undefined ? origin : { ...origin, probation: probation.id }
    const revision = await history.keep({ origin: own, what: 'plan', operations, also })
    if (probation !== undefined) decisions.watch(probation.id)
    return { plan, applied, revision }
  } catch (error) {
    // The whole of a probation is taken back by who makes it.
    if (origin.probation !== undefined) throw error
    return takeBack(firewall, operations, error, probation)
  }
}

/** Takes back what was made. @throws why; ChainmailError `undo-failed` */
async function takeBack(
  firewall: PlanParts['firewall'],
  operations: ReturnType<typeof changesOf>,
  why: unknown,
  probation?: Probation,
): Promise<never> {
  try {
    if (probation !== undefined) await probation.revert()
    else {
      const back = await firewall.planBack([{ ...operations, time: Date.now() }])
      await firewall.apply(back.plan, { force: true })
    }
  } catch (failure) {
    throw new ChainmailError(
      'undo-failed',
      'The store refused the revision of a plan that was applied, and the change could not be taken back: read the rules and sets before going on.',
      { cause: failure },
    )
  }
  throw why
}

/** What taking a change back has done. */
export function takenBack({ chains = [], sets = [] }: Operations): Operations {
  const irreversible = sets.map(
    ({ name }) => `The set ${name} was taken back to what it was before a change on probation.`,
  )
  return { chains: chains.map(reversed), ...(irreversible.length === 0 ? {} : { irreversible }) }
}

function reversed({ did, policy, lines, ...chain }: ChangedChain): ChangedChain {
  const opposite = { created: 'removed', removed: 'created', changed: 'changed' } as const
  return {
    ...chain,
    did: opposite[did],
    ...(policy === undefined ? {} : { policy: { before: policy.after, after: policy.before } }),
    lines: lines.map((line) => {
      if (line.startsWith('+')) return `-${line.slice(1)}`
      return line.startsWith('-') ? `+${line.slice(1).replace(/^\[\d+:\d+\] /, '')}` : line
    }),
  }
}
