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
export { CommitFigures, Distribution } from './distribution.ts'
export { type Duration, parseDuration } from './duration.ts'
export type { AllowedNetwork } from './engine/bans/allow-snapshot.ts'
export { type AllowedByDefault, allowedByDefault } from './engine/bans/allowed-networks.ts'
export type { Allowlist, AllowOptions } from './engine/bans/allowlist.ts'
export type { Ban, BanOptions, PlacedBan, UnbanOptions } from './engine/bans/ban.ts'
export { BanEnds, type EndingBan } from './engine/bans/ban-ends.ts'
export type { BanSlot } from './engine/bans/ban-hooks.ts'
export type { BanOutcome, BanRequest } from './engine/bans/ban-many.ts'
export type { BanTarget } from './engine/bans/ban-wish.ts'
export {
  type BanPlace,
  type BookedBan,
  type BookedBans,
  type CarvedWish,
  type HeldBan,
  slotOf,
} from './engine/bans/booked-bans.ts'
export { type RequestDefaults, readBan, readUnban, type UnbanTarget } from './engine/bans/booked-request.ts'
export { type BanScope, banSetName, parseScope, type Scope } from './engine/bans/scope.ts'
export { elementScopes, readScope } from './engine/bans/scope-text.ts'
export type { BanContents } from './engine/drift/ban-part.ts'
export type { DesiredPart } from './engine/drift/desired-part.ts'
export {
  type ChainDrift,
  type Difference,
  type Listing,
  type RuleDrift,
  renderDifference,
  type SetDrift,
} from './engine/drift/difference.ts'
export type { DriftWatch } from './engine/drift/drift-watch.ts'
export type { Who } from './engine/drift/kernel-changes.ts'
export { type DriftHandling, driftHandlings } from './engine/drift/notice.ts'
export type { DriftOptions } from './engine/drift/watch-firewall.ts'
export type {
  ChangeEvent,
  DriftEvent,
  EndedBan,
  ExpiryEvent,
  FirewallChange,
  FirewallEvent,
  MissedEvent,
  ProbationEvent,
  RepairEvent,
  WatchOptions,
} from './engine/events.ts'
export { FirewallEvents } from './engine/events.ts'
export {
  type Firewall,
  type FirewallOptions,
  openFirewall,
  type ProbationaryBan,
  type Reverted,
} from './engine/firewall.ts'
export type { GuardedPacket, GuardOptions } from './engine/guard/packets.ts'
export type { SetGuard } from './engine/guard/set-guard.ts'
export { type DroppedBy, type JudgedState, judge, type Verdict } from './engine/guard/verdicts.ts'
export { addedRule, type ChangedChain } from './engine/history/changed-chain.ts'
export { changesOf } from './engine/history/changes-of.ts'
export type { PastChange } from './engine/history/plan-back.ts'
export { tableChanges } from './engine/history/table-changes.ts'
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
export type { OwnedChain } from './engine/plan/owned.ts'
export {
  type ActualState,
  type Plan,
  type PlanDocument,
  type PlanSummary,
  planOf,
} from './engine/plan/plan.ts'
export { type Applied, type PlanBack, PlanRacedError, PlanStaleError } from './engine/plan/planner.ts'
export type { ApplyOptions, Verification } from './engine/plan/plans.ts'
export { type RenderPlanOptions, renderPlan } from './engine/plan/render-plan.ts'
export type { OptionChange } from './engine/plan/rule-options.ts'
export type { EntryChange, SetPlan } from './engine/plan/set-plan.ts'
export type { ChainPlan, TablePlan } from './engine/plan/table-plan.ts'
export type { Decision } from './engine/probation/journal-folder.ts'
export type {
  PartOfProbation,
  PendingProbation,
  Probation,
  ProbationOptions,
} from './engine/probation/probation.ts'
export type { TakenBack } from './engine/probation/take-back.ts'
export { type Touched, touchedByPlan } from './engine/probation/touched.ts'
export type { RecentHandle } from './engine/recent.ts'
export type { ChainHandle, PutOptions, TakenRule } from './engine/rules/chain.ts'
export type { ChangingCommand } from './engine/rules/commands.ts'
export { checkChainName } from './engine/rules/operation.ts'
export { ChainRacedError, type CommandTerms } from './engine/rules/table-change.ts'
export type { SetEntryOptions, SetHandle, SetHandleOptions, SetOptions } from './engine/sets/set.ts'
export { BrokenBulkError, type BulkChange, type BulkChangeOptions } from './engine/sets/set-bulk.ts'
export type { RehearsedSets } from './engine/sets/set-commands-rehearsal.ts'
export type { ReplaceOptions } from './engine/sets/set-replace.ts'
export type { EntryFailure, EntrySource } from './engine/sets/set-source.ts'
export type { PlaceOptions, Transaction } from './engine/transactions/transaction.ts'
export type {
  AppliedChange,
  RehearsedTransaction,
  TransactionOptions,
  TransactionResult,
} from './engine/transactions/transactions.ts'
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
export type { Spelling } from './model/version.ts'
export {
  contains,
  isSingle,
  type Network,
  type NetworkBlock,
  networkBlock,
  widened,
} from './network.ts'
export { networkBlocks, packetBlocks } from './network-span.ts'
export {
  type CommandFirewall,
  type CommandSets,
  type ConcernedSets,
  concernedSets,
  isStandInProgram,
  type Outcome,
  type StandInProgram,
  standIn,
  standInPrograms,
} from './stand-in/index.ts'
export * from './text/index.ts'
export { TimeTexts } from './time-texts.ts'
