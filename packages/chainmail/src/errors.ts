import { inputErrorCodes, kernelErrorCodes } from '@chainmail/kernel/errors'
import { xtablesErrorCodes } from '@chainmail/kernel/xtables/errors'

/**
 * Every code that an error of the library carries, with what it means: the kernel package's and the library's
 * own. A code never changes its meaning: programs may branch on it, and the REST door answers with it.
 */
export const errorCodes = {
  ...kernelErrorCodes,
  ...xtablesErrorCodes,
  ...inputErrorCodes,
  'bad-address': 'An address, network or mask cannot be read.',
  'bad-rule': 'A rule holds a value that iptables would not take.',
  'wrong-table': 'A match, target or option stands in a table in which the kernel does not take it.',
  'wrong-chain':
    'A match, target or interface stands in a chain of the kernel’s own in which it is not taken.',
  'bad-name': 'The name of a chain, match or target breaks the kernel’s rules for names.',
  'bad-duration': 'A duration is not of the form 90s, 10m, 24h, 7d or a number of seconds, or is too long.',
  'bad-request': 'A member is unknown, missing or of the wrong type.',
  'bad-dump': 'A text is not what iptables-save prints: a line stands in the wrong place or cannot be read.',
  'bad-syntax': 'A text is not of its language: a dump, a command line, JSON or XML.',
  'bad-command': 'A command line holds what iptables would not take as a command.',
  'chain-built-in': 'The chain belongs to the kernel: it cannot be deleted, renamed or jumped to.',
  'unknown-option': 'A rule names an option that the match or target does not have.',
  'chain-not-found': 'The table has no chain of this name.',
  'bad-scope': 'The scope of a ban is none that there is, or names no interface or port.',
  'bad-reason':
    'The reason of a ban, or who asks for it, does not fit the comment of its entry in the kernel.',
  'address-allowed': 'The address or network overlaps the allowlist, so nothing may ban it.',
  'not-in-allowlist': 'The allowlist has no entry of exactly this address or network.',
  'not-banned': 'No ban of exactly this address or network exists.',
  'entries-broke-off': 'A source of entries failed in the middle; what had come before it is in.',
  'set-changed': 'Somebody else has put another set in the place of one that was being changed.',
  'plan-stale': 'The chains or sets that a plan is about have changed since it was made.',
  'plan-raced':
    'A plan was applied while another program changed the same chains, and the result is another.',
  'probation-pending':
    'Another change of the same chains or sets, or too many others, are on probation, and are to be decided first.',
  'probation-over': 'A change on probation was decided already: it was taken back, or it was confirmed.',
  'probation-unknown': 'No change of this name is on probation, or several are and none was named.',
  'guard-failed': 'The process that would take a change on probation back could not be started.',
  'revert-failed': 'Not all of a change on probation could be taken back; it may be tried again.',
  'journal-broken': 'The journal of a change on probation cannot be read.',
  'folder-unsafe': 'The folder for the journals of changes on probation is open to others.',
  'would-lock-out': 'A change would shut out the sender, an allowed address or a port of the daemon.',
  'undo-failed': 'A step of a transaction failed, and what had been done before it could not be taken back.',
  closed: 'The firewall was closed before the change was made.',
} as const

export type ErrorCode = keyof typeof errorCodes

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

export interface ErrorDetails {
  /** Where in the input the fault is, such as `matches.limit.burst`. */
  readonly path?: string | undefined
  /** The line of a text, counted from 1. */
  readonly line?: number | undefined
  /** The column in its line, counted from 1. */
  readonly column?: number | undefined
  /** The kernel's or iptables' own words. */
  readonly kernelWords?: string
  readonly cause?: unknown
}

/** What every call of the library rejects with: one sentence that says what, where and what to do. */
export class ChainmailError extends Error {
  override readonly name = 'ChainmailError'
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly kernelWords: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.path = details.path
    this.line = details.line
    this.column = details.column
    this.kernelWords = details.kernelWords
  }
}
