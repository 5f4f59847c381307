import type { Family } from '@chainmail/kernel'
import type { Counters, ListedRule } from 'chainmail'
import type { BuiltInStep, SetStep } from './decision.ts'
import type { Scope } from './entries.ts'
import type { Action } from './entry.ts'
import type { OwnedStep } from './owned-chain.ts'

/** What this protocol needs of the kernel. */
export interface KernelDoor {
  /** Those that this host serves. */
  readonly families: readonly Family[]
  /** The rules; their counters may be those of an earlier reading. */
  read(family: Family): Promise<FamilySnapshot>
  /** The rules with the counters that they have now. */
  readCounters(family: Family): Promise<FamilySnapshot>
  /** What a set holds that is there. */
  elements(scope: Scope, action: Action): Promise<readonly SetElement[]>
  /**
   * Changes sets first, then all rules together: when it rejects, the rules are as they were, and some of the sets'
   * elements may be changed.
   */
  apply(changes: readonly ScopeChange[]): Promise<void>
}

/** The table filter of a family, and which sets are there. */
export interface FamilySnapshot {
  /** By their names; undefined for a chain that is not there. */
  chain(name: string): readonly ListedRule[] | undefined
  hasSet(name: string): boolean
}

export interface SetElement extends Counters {
  /** An address or network. */
  readonly network: string
  /** Seconds until the kernel takes it away; absent for never. */
  readonly timeout?: number
}

export interface ScopeChange {
  readonly scope: Scope
  /** The actions whose sets have to be made first. */
  readonly newSets: readonly Action[]
  readonly setSteps: readonly SetStep[]
  readonly ownedSteps: readonly OwnedStep[]
  readonly builtInSteps: readonly BuiltInStep[]
}
