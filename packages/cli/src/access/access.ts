import type { BanScope } from 'chainmail'
import type { AuditAccess } from './audit.ts'
import type { HistoryAccess } from './history.ts'
import type { KeysAccess } from './keys.ts'
import type { PlansAccess, ProbationAccess } from './plans.ts'
import type { ProgramsAccess } from './programs.ts'
import type { RecentAccess } from './recent.ts'
import type { SeeingAccess } from './seeing.ts'
import type { Sender } from './sender.ts'
import type { SetsAccess } from './sets.ts'

/** What the commands need of a firewall, whether a daemon or the library stands before the kernel. */

export type Family = 'ipv4' | 'ipv6'
export type Amount = number | bigint

/** Something that was read: the document as it came, exact and whole, and what of it the command shows. */
export interface Reading<T> {
  readonly document: unknown
  readonly value: T
}

export interface Ban {
  readonly address: string
  /** Seconds until it ends by itself; absent for ever. */
  readonly expiresIn?: number | undefined
  readonly reason?: string | undefined
}

export interface ListedBan extends Ban {
  /** What is kept away, in one word such as `input` or `tcp:22`; absent for everything. */
  readonly scope?: string | undefined
  /** By which way it was asked for; absent where no daemon knows. */
  readonly who?: string | undefined
  /** What it has dropped. */
  readonly packets: Amount
  readonly bytes: Amount
}

export interface BanOptions {
  /** A duration as it was typed, such as `10m`; absent for ever. */
  readonly for?: string | undefined
  readonly reason?: string | undefined
  readonly scope?: BanScope | undefined
  /** Bans a network that holds allowed addresses without these, where it would be refused. */
  readonly exceptAllowed?: boolean | undefined
  /** A duration as it was typed: taken back unless it is confirmed. Only of a single ban. */
  readonly confirmWithin?: string | undefined
}

/** Something that was made, perhaps on probation. */
export interface Made<T> extends Reading<T> {
  readonly probation?: ProbationAccess | undefined
}

/** How a rule is changed. */
export interface RuleOptions {
  /** The number that the rule gets; absent for the end of the chain. */
  readonly position?: number | undefined
  readonly confirmWithin?: string | undefined
  /** Makes the change although it shuts somebody out. */
  readonly force?: boolean | undefined
  readonly why?: string | undefined
  /** Who must not be shut out. */
  readonly sender?: Sender | undefined
}

export interface UnbanOptions {
  readonly scope?: BanScope | undefined
}

/** What became of one of many; `index` counts from 0. */
export interface ManyOutcome {
  readonly index: number
  readonly error?: { readonly code: string; readonly message: string } | undefined
}

/** An address or network that nothing may ban. */
export interface Allowed {
  readonly address: string
  readonly reason?: string | undefined
  /** `default` for what this host needs itself, which is allowed without an entry. */
  readonly origin: string
}

export interface Rule {
  /** In iptables' own words. */
  readonly text: string
  /** Whether chainmail made it for itself. */
  readonly owned: boolean
  readonly packets: Amount
  readonly bytes: Amount
}

export interface Chain {
  readonly name: string
  /** What becomes of a packet that no rule decides; absent for chains that a user made. */
  readonly policy?: string | undefined
  readonly packets: Amount
  readonly bytes: Amount
  readonly rules: readonly Rule[]
}

export interface Place {
  readonly table: string
  readonly family: Family
}

/** One line of `chainmail status`: what it is about, and what holds. */
export interface Fact {
  readonly name: string
  readonly value: string
  /** Whether somebody should do something about it. */
  readonly bad?: boolean
}

export interface FirewallAccess extends AsyncDisposable {
  ban(address: string, options: BanOptions): Promise<Made<Ban>>
  /** Bans one after another as they come, and tells of each. */
  banMany(addresses: AsyncIterable<string>, options: BanOptions): AsyncIterable<ManyOutcome>
  unban(address: string, options?: UnbanOptions): Promise<void>
  unbanMany(addresses: AsyncIterable<string>, options: UnbanOptions): AsyncIterable<ManyOutcome>
  allowed(): Promise<Reading<readonly Allowed[]>>
  allow(address: string, reason: string | undefined): Promise<void>
  disallow(address: string): Promise<void>
  readonly sets: SetsAccess
  readonly recent: RecentAccess
  readonly plans: PlansAccess
  readonly programs: ProgramsAccess
  readonly history: HistoryAccess
  readonly audit: AuditAccess
  readonly seeing: SeeingAccess
  readonly keys: KeysAccess
  bans(): Promise<Reading<readonly ListedBan[]>>
  /** All chains of a table. */
  chains(place: Place): Promise<Reading<readonly Chain[]>>
  chain(name: string, place: Place): Promise<Reading<Chain>>
  /** @param rule in iptables' own words; the value is the text as iptables-save prints it */
  addRule(chain: string, place: Place, rule: string, options: RuleOptions): Promise<Made<string>>
  /** @param rule in iptables' own words, or its number in the chain */
  deleteRule(
    chain: string,
    place: Place,
    rule: string | number,
    options: RuleOptions,
  ): Promise<Made<undefined>>
}
