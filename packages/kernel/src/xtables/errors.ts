/** What the codes of XtablesError and RestoreError mean. A code never changes its meaning. */
export const xtablesErrorCodes = {
  'iptables-not-installed': 'The iptables programs are not on this machine, or not on the search path.',
  'not-permitted': 'The process lacks CAP_NET_ADMIN in the user namespace that owns this network namespace.',
  'backend-unavailable': 'The kernel lacks what this backend needs.',
  'table-unknown': 'The kernel or iptables has no such table for this family.',
  'lock-timeout': 'Another program held the xtables lock for longer than the wait that was allowed.',
  'lock-unavailable': 'The file of the xtables lock cannot be opened.',
  'save-timeout': 'iptables-save did not finish: the ruleset kept changing under it, or is too large.',
  'line-refused': 'A line is not one rule command, so it was not handed to iptables-restore.',
  'line-too-long': 'A line is longer than the line buffer of iptables-restore.',
  'bad-rule': 'iptables does not understand the rule, or refuses a value in it.',
  'rule-refused':
    'The kernel does not take the rule: what it says cannot be in this chain or table, or needs what this kernel lacks.',
  'chain-not-found':
    'The chain of the command, or the chain or target that its rule jumps to, does not exist.',
  'chain-exists': 'The table has a chain of this name already.',
  'chain-busy': 'The chain still holds rules, or a rule still jumps to it.',
  'chain-loop': 'The rule would let a chain reach itself, or nest the jumps too deep.',
  'rule-not-found': 'No rule of the chain is equal to the one named.',
  'index-too-big': 'The chain has no rule of this number.',
  'extension-unknown': 'iptables or the kernel lacks the match or target.',
  'set-not-found': 'The rule names a set that does not exist.',
  'batch-too-large':
    'One commit is more than the socket of iptables-nft-restore takes: 212,992 bytes by default, about 900 rules, unless the process is root outside of any user namespace.',
  'kernel-refused': 'The kernel refused the change, for a reason that has no code of its own.',
  'outcome-unknown':
    'The restore process died while it worked: whether the change was made has to be read back.',
  closed: 'The pipe was closed before the change was made.',
} as const

export type XtablesErrorCode = keyof typeof xtablesErrorCodes

export interface XtablesErrorDetails {
  /** The words of the kernel or of the iptables program. */
  readonly kernelWords?: string | undefined
  /** The exit status of the iptables program. */
  readonly exitCode?: number | undefined
  readonly cause?: unknown
}

/** Reading, probing or changing iptables rules failed. */
export class XtablesError extends Error {
  override readonly name: string = 'XtablesError'
  readonly code: XtablesErrorCode
  /** What was being done, such as `iptables-nft-save`. */
  readonly operation: string
  readonly kernelWords: string | undefined
  readonly exitCode: number | undefined

  constructor(code: XtablesErrorCode, operation: string, message: string, details: XtablesErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.operation = operation
    this.kernelWords = details.kernelWords
    this.exitCode = details.exitCode
  }
}

/**
 * A commit was refused. Nothing of it was applied, whatever the code, except for `outcome-unknown`:
 * there all of it or nothing of it was.
 */
export class RestoreError extends XtablesError {
  override readonly name = 'RestoreError'
  /** Index of the culprit in the lines of the commit; undefined when only the commit as a whole is known to fail. */
  readonly lineIndex: number | undefined

  constructor(
    code: XtablesErrorCode,
    operation: string,
    message: string,
    details: XtablesErrorDetails & { readonly lineIndex?: number | undefined } = {},
  ) {
    super(code, operation, message, details)
    this.lineIndex = details.lineIndex
  }
}
