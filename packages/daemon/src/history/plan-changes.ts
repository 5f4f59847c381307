import {
  type AppliedChange,
  type ApplyOptions,
  ChainmailError,
  type ChangedChain,
  changesOf,
  type DesiredState,
  type Firewall,
  type Plan,
} from 'chainmail'
import type { History } from './history.ts'
import type { Also, Operations, Origin } from './revision.ts'

export interface PlanParts {
  readonly history: History
  readonly firewall: Pick<Firewall, 'apply' | 'planBack' | 'decided'>
  /** Keeps what a plan has made, where that is to last. */
  readonly applied?: AppliedStates | undefined
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault?: (error: unknown, about: string) => void
}

/** What is kept of applied plans beside the history. */
export interface AppliedStates {
  applied(desired: DesiredState, probation?: string): Also
  decided(id: string, isKept: boolean): Also
}

export interface AppliedPlan {
  readonly applied: AppliedChange
  /** Its number in the history; undefined where nothing was to be done. */
  readonly revision: number | undefined
}

/**
 * Applies a plan, which becomes a revision; what cannot be kept is taken back.
 *
 * @throws what the library refuses; DaemonError `store-failed`
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
  const { history, firewall } = parts
  const operations = changesOf(plan)
  const applied = await firewall.apply(plan, options)
  // What is a part of a probation is not yet what should be.
  const also =
    origin.probation === undefined
      ? parts.applied?.applied(plan.desired, applied.probation?.id)
      : () => () => undefined
  if (plan.isEmpty) {
    if (also !== undefined) history.transaction(also)
    return { applied, revision: undefined }
  }
  try {
    const revision = await history.keep({ origin, what: 'plan', operations, also })
    if (applied.probation !== undefined)
      void recordDecision(parts, applied.probation.id, operations, revision)
    return { applied, revision }
  } catch (error) {
    try {
      const back = await firewall.planBack([{ ...operations, time: Date.now() }])
      await firewall.apply(back.plan)
    } catch (failure) {
      throw new ChainmailError(
        'undo-failed',
        'The store refused the revision of a plan that was applied, and the change could not be taken back: read the rules and sets before going on.',
        { cause: failure },
      )
    }
    throw error
  }
}

/** Makes a revision of what becomes of a change on probation. Never rejects. */
async function recordDecision(
  { history, firewall, applied, onFault }: PlanParts,
  id: string,
  operations: Operations,
  revision: number,
): Promise<void> {
  try {
    const decision = await firewall.decided(id, false)
    const isKept = decision === 'confirmed'
    const why = isKept ? `revision ${revision} was confirmed` : `revision ${revision} was taken back`
    const origin = { who: 'daemon', door: 'daemon', what: 'probation', why } as const
    const done = isKept ? {} : takenBack(operations)
    const also = applied?.decided(id, isKept)
    await history.follower.gate.enter(() =>
      history.keep({ origin, what: 'probation', operations: done, also }),
    )
  } catch (error) {
    onFault?.(error, 'what became of a change on probation could not be kept in the history')
  }
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
