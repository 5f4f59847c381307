import type { Table } from 'chainmail/text'
import type { Family } from './access.ts'

/** What part of the firewall should be, as it was read from a text. */
export interface DesiredRules {
  readonly tables: readonly Table[]
  readonly family: Family
  readonly scope?: 'named' | 'table' | undefined
  readonly owner?: string | undefined
  /** Whether a built-in chain without rules was not spoken of, as in commands. */
  readonly silent: boolean
}

/** A plan as it is shown. */
export interface ShownPlan {
  readonly document: unknown
  /** Whether there is nothing to do. */
  readonly isEmpty: boolean
  /** A diff for people. */
  readonly diff: (colour: boolean) => string
  /** What is sent to iptables-restore or ip6tables-restore. */
  readonly restoreText: string
}

export interface PlansAccess {
  plan(desired: DesiredRules): Promise<ShownPlan>
  /** Makes the plan and what it says. */
  apply(desired: DesiredRules): Promise<ShownPlan>
}
