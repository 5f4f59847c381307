import type { Language, Table } from 'chainmail/text'
import type { Family } from './access.ts'
import type { Sender } from './sender.ts'

/** What part of the firewall should be, as it was read from a text. */
export interface DesiredRules {
  /** The text itself, for who reads it again. */
  readonly text: string
  readonly language: Language
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

export interface ApplyOptions {
  /** A duration as it was typed, such as `60s`; absent for a change that stays. */
  readonly confirmWithin?: string | undefined
  /** In the words of who asks; the history keeps it. */
  readonly why?: string | undefined
  /** Makes the change although it shuts somebody out. */
  readonly force?: boolean | undefined
  /** Who must not be shut out. */
  readonly sender?: Sender | undefined
  /** Is told of the plan before it is made. */
  readonly onPlan?: (plan: ShownPlan) => void
}

/** A change that is taken back unless it is confirmed. */
export interface ProbationAccess {
  readonly id: string
  /** Milliseconds until it is taken back. */
  readonly remaining: () => number
  /** Resolves when it is decided, by whomever. */
  readonly decided: () => Promise<'confirmed' | 'reverted' | 'failed'>
}

export interface AppliedPlan extends ShownPlan {
  readonly probation?: ProbationAccess | undefined
}

/** A change that was taken back. */
export interface RevertedChange {
  readonly document: unknown
  readonly id: string
  /** What had to stay, in a sentence each. */
  readonly left: readonly string[]
}

export interface PlansAccess {
  plan(desired: DesiredRules): Promise<ShownPlan>
  /** Makes the plan and what it says. */
  apply(desired: DesiredRules, options: ApplyOptions): Promise<AppliedPlan>
  /** Keeps a change that is on probation: the only one if none is named. Returns its id. */
  confirm(id?: string): Promise<string>
  /** Takes a change back that is on probation: the only one if none is named. */
  revert(id?: string): Promise<RevertedChange>
}
