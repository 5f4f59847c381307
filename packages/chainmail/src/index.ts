export type {
  Backend,
  ContentDifference,
  EntryRequest,
  Family,
  RecentEntry,
  SetDescription,
  SetEntry,
  XtablesHost,
} from '@chainmail/kernel'
export { type Duration, parseDuration } from './duration.ts'
export type { AllowedNetwork } from './engine/allow-snapshot.ts'
export { type AllowedByDefault, allowedByDefault } from './engine/allowed-networks.ts'
export type { Allowlist, AllowOptions } from './engine/allowlist.ts'
export type { Ban, BanOptions, PlacedBan, UnbanOptions } from './engine/ban.ts'
export type { BanOutcome, BanRequest } from './engine/ban-many.ts'
export type { Bans, RestoredBan } from './engine/bans.ts'
export type { ChainHandle } from './engine/chain.ts'
export { type Firewall, type FirewallOptions, openFirewall } from './engine/firewall.ts'
export { isOwnedName, OWNED_COMMENT, OWNED_PREFIX } from './engine/ownership.ts'
export type { RuleChange } from './engine/plan/chain-plan.ts'
export {
  type DesiredChainInput,
  type DesiredEntryInput,
  type DesiredInput,
  type DesiredSetInput,
  type DesiredState,
  type DesiredTableInput,
  type PlanScope,
  type RuleSource,
  readDesired,
} from './engine/plan/desired.ts'
export { type DesiredTextOptions, desiredFromTables, desiredFromText } from './engine/plan/desired-text.ts'
export {
  type ActualState,
  type Plan,
  type PlanDocument,
  type PlanSummary,
  planOf,
} from './engine/plan/plan.ts'
export { type Applied, PlanRacedError, PlanStaleError } from './engine/plan/planner.ts'
export { type RenderPlanOptions, renderPlan } from './engine/plan/render-plan.ts'
export type { OptionChange } from './engine/plan/rule-options.ts'
export type { EntryChange, SetPlan } from './engine/plan/set-plan.ts'
export type { ChainPlan, TablePlan } from './engine/plan/table-plan.ts'
export type { RecentHandle } from './engine/recent.ts'
export type { BanScope } from './engine/scope.ts'
export type { SetEntryOptions, SetHandle, SetHandleOptions, SetOptions } from './engine/set.ts'
export { BrokenBulkError, type BulkChange, type BulkChangeOptions } from './engine/set-bulk.ts'
export type { ReplaceOptions } from './engine/set-replace.ts'
export type { EntryFailure, EntrySource } from './engine/set-source.ts'
export type { PlaceOptions, Transaction } from './engine/transaction.ts'
export { ChainmailError, type ErrorCode, type ErrorDetails, errorCodes } from './errors.ts'
export {
  AggregatedList,
  type BrokenLine,
  type CoverChange,
  type LineBlock,
  LineFault,
  type ListEntry,
  type ListFormat,
  type ListOptions,
  type ListSource,
  lineBlocks,
  listFormats,
  readList,
} from './lists/index.ts'
export { checkRule } from './model/check.ts'
export { ruleHash, sameRule } from './model/equality.ts'
export type { Negatable } from './model/extension.ts'
export type {
  Counters,
  Matches,
  MatchesInput,
  MatchName,
  Opaque,
  Rule,
  RuleInput,
  TargetName,
  TargetOptions,
  TargetOptionsInput,
} from './model/rule.ts'
export { ruleSchema } from './model/schema.ts'
export { contains, type Network, type NetworkBlock, network, networkBlock } from './network.ts'
export * from './text/index.ts'
