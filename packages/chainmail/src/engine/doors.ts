import type { Backend, Family, Ipset } from '@chainmail/kernel'
import type { Spelling } from '../model/version.ts'
import type { BanHooks } from './bans/ban-hooks.ts'
import type { OwnCommits } from './drift/own-commits.ts'
import type { FirewallEvents } from './events.ts'
import type { LockOutGuard } from './guard/lock-out.ts'
import type { Planner } from './plan/planner.ts'
import type { Probations } from './probation/probations.ts'
import type { RuleWriter } from './rules/writer.ts'
import type { XtablesPipes } from './rules/xtables-pipes.ts'
import type { HandleDoors } from './sets/set.ts'

/** What the parts of a firewall work through. */
export interface FirewallDoors {
  readonly backend: Backend
  /** Those that this host serves. */
  readonly families: readonly Family[]
  readonly spelling: Spelling
  readonly ipset: Ipset
  readonly sets: HandleDoors
  /** The rules, out of turn. */
  readonly pipes: XtablesPipes
  /** The rules, in turn. */
  readonly writer: RuleWriter
  /** The generation of nf_tables; undefined on the legacy backend. */
  readonly generation: () => number | undefined
  readonly own: OwnCommits
  readonly events: FirewallEvents
  readonly hooks: BanHooks
  readonly planner: Planner
  readonly probations: Probations
  readonly lockOut: LockOutGuard
}
