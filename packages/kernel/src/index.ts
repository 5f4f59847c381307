export * from './address.ts'
export {
  InputError,
  type InputErrorCode,
  inputErrorCodes,
  KernelError,
  type KernelErrorCode,
  type KernelErrorDetails,
  kernelErrorCodes,
  quote,
} from './errors.ts'
export { gateways } from './host/gateways.ts'
export { type InterfaceAddress, interfaceAddresses } from './host/interface-addresses.ts'
export { nameServers } from './host/name-servers.ts'
export { type HostNames, hostNames, nameAddresses, resolveHost } from './host/names.ts'
export { networkNamespace } from './host/network-namespace.ts'
export { giveBackMemory } from './host/resident-memory.ts'
export { type SocketPeer, socketPeer } from './host/socket-peer.ts'
export type { BulkError, BulkOptions } from './ipset/bulk.ts'
export { type CanonicalElement, canonicalElement } from './ipset/canonical-element.ts'
export { ContentComparison, type ContentDifference } from './ipset/content-comparison.ts'
export {
  type CreateOption,
  type CreateOptionName,
  type CreateOptions,
  createOptions,
  isCreateOption,
  maximumTimeout,
} from './ipset/create-options.ts'
export type { SetDescription, SetHeader } from './ipset/description.ts'
export type { EntryInput } from './ipset/entry.ts'
export { type EntryCheck, entryCheck } from './ipset/entry-check.ts'
export type { EntryOptionName, EntryOptions, EntryRequest, SetEntry } from './ipset/entry-options.ts'
export type { EntryStream, StreamOptions } from './ipset/entry-stream.ts'
export { type ExistsOptions, Ipset, type ListedEntries } from './ipset/ipset.ts'
export type { SetFamily } from './ipset/messages.ts'
export { checkComment, checkNewSetName, checkSetName } from './ipset/name.ts'
export { parseRestoreLine, parseRestoreText, type RestoreOperation } from './ipset/restore-text.ts'
export { splitWords } from './ipset/restore-words.ts'
export { addLine, createLine, type SaveOptions as SetSaveOptions, saveLines } from './ipset/save-text.ts'
export { type SetTypeDefinition, setTypes } from './ipset/types.ts'
export { type NftablesCommit, type NftablesCommits, NftablesEvents } from './nftables/events.ts'
export { NftablesGeneration } from './nftables/generation.ts'
export { RuleHandles } from './nftables/rule-handles.ts'
export { Pace } from './pace.ts'
export { ProcessError, type ProcessErrorCode, startApart } from './process.ts'
export { protocolNames, protocolNumbers } from './protocols.ts'
export type { RecentEntry } from './recent/entry.ts'
export { RecentLists } from './recent/recent.ts'
export { notify } from './service-manager/notify.ts'
export { CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, SystemCallError, unshare } from './syscalls.ts'
export { LocalLog, type LogLine } from './syslog/local-log.ts'
export { probeXtables, type XtablesHost, type XtablesState } from './xtables/backend.ts'
export {
  RestoreError,
  XtablesError,
  type XtablesErrorCode,
  type XtablesErrorDetails,
  xtablesErrorCodes,
} from './xtables/errors.ts'
export { LegacyTables } from './xtables/legacy-tables.ts'
export { type LineFault, lineFault, MAX_LINE_BYTES, splitLine } from './xtables/line.ts'
export { type Backend, backends, families } from './xtables/programs.ts'
export { type RestoreBlock, RestorePipe, type RestorePipeOptions } from './xtables/restore.ts'
export { type SaveOptions, save, saveInPieces } from './xtables/save.ts'
