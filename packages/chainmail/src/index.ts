export type { Backend, EntryRequest, Family, SetDescription, SetEntry, XtablesHost } from '@chainmail/kernel'
export { type Duration, parseDuration } from './duration.ts'
export type { Ban, BanOptions, Bans } from './engine/bans.ts'
export type { ChainHandle } from './engine/chain.ts'
export { type Firewall, type FirewallOptions, openFirewall } from './engine/firewall.ts'
export { isOwnedName, OWNED_COMMENT, OWNED_PREFIX } from './engine/ownership.ts'
export type { SetEntryOptions, SetHandle, SetOptions } from './engine/set.ts'
export type { PlaceOptions, Transaction } from './engine/transaction.ts'
export { ChainmailError, type ErrorCode, type ErrorDetails, errorCodes } from './errors.ts'
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
export { type Network, network } from './network.ts'
export { parseRule } from './text/parse-rule.ts'
export { renderRule } from './text/render-rule.ts'
export {
  type Chain,
  type ListedRule,
  type Problem,
  parseSave,
  readSave,
  renderSave,
  type Table,
} from './text/save.ts'
