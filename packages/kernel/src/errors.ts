import { errnoName } from './errno.ts'

/**
 * What can go wrong between this package and the kernel, or the programs that it runs: a stable code and what it
 * means. The codes are part of the interface: programs compare with them, messages may change.
 */
export const kernelErrorCodes = {
  'entry-exists': 'The set already holds the entry.',
  'entry-not-found': 'The set or the list does not hold the entry.',
  'entry-refused':
    'The kernel refuses the entry: an address, prefix, port or protocol that the set type excludes.',
  'kernel-out-of-memory': 'The kernel has no memory left for the change.',
  'kernel-refused': 'The kernel refused the request for a reason without a code of its own.',
  'netlink-busy': 'The netlink socket is in the middle of a dump.',
  'netlink-closed': 'The netlink socket was closed before.',
  'netlink-dump-interrupted': 'What a dump reads changed again and again while it ran.',
  'netlink-malformed': 'The kernel sent a message that does not follow the protocol.',
  'netlink-no-answer': 'The kernel owes an answer and did not send it.',
  'netlink-overrun': "The kernel's answer did not fit the socket's receive buffer and was lost.",
  'netlink-truncated': 'A message was longer than the buffer that received it.',
  'no-ipset-support': 'This kernel has no ipset (its module ip_set is missing).',
  'no-netlink-support': 'This kernel lacks the netlink protocol.',
  'no-recent-support': 'The kernel shows no recent lists: its module xt_recent is not loaded.',
  'not-permitted': 'The process lacks CAP_NET_ADMIN in its network namespace.',
  'recent-malformed': 'The kernel lists an entry of a recent list in a form that this library does not know.',
  'recent-not-found': 'No recent list has that name: none exists before a rule with -m recent names it.',
  'set-exists': 'A set of that name exists already.',
  'set-family-mismatch': 'An IPv4 address was given to an IPv6 set, or the other way round.',
  'set-full': 'The set holds as many entries as it was created for.',
  'set-in-use': 'A rule, another set or a running dump refers to the set.',
  'set-limit-reached': 'The kernel holds as many sets as it can.',
  'set-not-found': 'No set has that name.',
  'set-option-missing': 'The set was created without the option that the entry needs.',
  'set-option-refused': 'The kernel refuses a create option or its value.',
  'set-option-unsupported': 'This kernel supports the set type, but not the option.',
  'set-type-mismatch': 'Two sets that should be swapped are of different types.',
  'set-type-unsupported': 'This kernel, or this library, does not know the set type.',
  'system-call-failed': 'A system call failed for a reason without a code of its own.',
} as const

export type KernelErrorCode = keyof typeof kernelErrorCodes

export interface KernelErrorDetails {
  /** What was being done, in the subsystem's words: `ipset add blocked`. */
  operation: string
  /** The positive errno, ipset's private ones (4096 and up) included. */
  errno?: number | undefined
  /** The kernel's own words about the failure (NETLINK_EXT_ACK). */
  extendedAck?: string | undefined
  /** Offset of the attribute at fault, in bytes from the beginning of the request. */
  offset?: number | undefined
  /** Which item of a bulk request failed, counted from 0; the items before it were applied. */
  line?: number | undefined
  cause?: unknown
}

/** The kernel, or a program that stands before it, refused or could not be asked. */
export class KernelError extends Error {
  override readonly name = 'KernelError'
  readonly code: KernelErrorCode
  readonly operation: string
  readonly errno: number | undefined
  readonly errnoName: string | undefined
  readonly extendedAck: string | undefined
  readonly offset: number | undefined
  readonly line: number | undefined

  constructor(code: KernelErrorCode, message: string, details: KernelErrorDetails) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.operation = details.operation
    this.errno = details.errno
    this.errnoName = details.errno === undefined ? undefined : errnoName(details.errno)
    this.extendedAck = details.extendedAck
    this.offset = details.offset
    this.line = details.line
  }
}

/** What is refused before anything reaches the kernel: a stable code and what it means. */
export const inputErrorCodes = {
  'bad-address': 'Not an IPv4 or IPv6 address, or not a prefix length of its family.',
  'bad-element': 'Not an element of the set type.',
  'bad-entry-option': 'An entry option that the set type lacks, or a value out of its range.',
  'bad-recent-name': 'Not a name for a recent list: empty, longer than 199 bytes, or with a slash.',
  'bad-restore-line': 'A line that ipset restore would not take, or that this library does not restore.',
  'bad-set-name':
    'Not a name for a set: empty, longer than 31 bytes, or with characters that a restore misreads.',
  'bad-set-option': 'A create option that the set type lacks, or a value out of its range.',
} as const

export type InputErrorCode = keyof typeof inputErrorCodes

/** The caller's input can't be sent to the kernel. Nothing was changed by the item at fault. */
export class InputError extends Error {
  override readonly name: string = 'InputError'
  readonly code: InputErrorCode
  /**
   * Which item of a bulk request is at fault, counted from 0; the items before it were applied. Of a text: which
   * line, counted from 1.
   */
  readonly line: number | undefined

  constructor(code: InputErrorCode, message: string, line?: number) {
    super(message)
    this.code = code
    this.line = line
  }

  /** The same error, about an item of a bulk request. */
  atLine(line: number): InputError {
    return new InputError(this.code, this.message, line)
  }
}

/** What a caller sent, cut short and without line breaks, so that it can stand in a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
