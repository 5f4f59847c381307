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
export type { BulkError, BulkOptions } from './ipset/bulk.ts'
export { type CreateOptionName, type CreateOptions, maximumTimeout } from './ipset/create-options.ts'
export type { SetDescription, SetHeader } from './ipset/description.ts'
export type { EntryInput } from './ipset/entry.ts'
export type { EntryOptionName, EntryOptions, EntryRequest, SetEntry } from './ipset/entry-options.ts'
export { type ExistsOptions, Ipset } from './ipset/ipset.ts'
export type { SetFamily } from './ipset/messages.ts'
export { checkComment, checkNewSetName, checkSetName } from './ipset/name.ts'
export { parseRestoreLine, parseRestoreText, type RestoreOperation } from './ipset/restore-text.ts'
export { addLine, createLine, type SaveOptions as SetSaveOptions, saveLines } from './ipset/save-text.ts'
export { type SetTypeDefinition, setTypes } from './ipset/types.ts'
export { NftablesGeneration } from './nftables/generation.ts'
export { ProcessError, type ProcessErrorCode } from './process.ts'
export { protocolNames, protocolNumbers } from './protocols.ts'
export { CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, SystemCallError, unshare } from './syscalls.ts'
export { probeXtables, type XtablesHost, type XtablesState } from './xtables/backend.ts'
export {
  RestoreError,
  XtablesError,
  type XtablesErrorCode,
  type XtablesErrorDetails,
  xtablesErrorCodes,
} from './xtables/errors.ts'
export { type LineFault, lineFault, MAX_LINE_BYTES, splitLine } from './xtables/line.ts'
export { type Backend, backends, families } from './xtables/programs.ts'
export { type RestoreBlock, RestorePipe, type RestorePipeOptions } from './xtables/restore.ts'
export { type SaveOptions, save } from './xtables/save.ts'
