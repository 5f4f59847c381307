import { InputError, KernelError } from '@chainmail/kernel'
import type { ErrorCode } from '../errors.ts'

/** What is wrong with a line. It is handed on, not thrown: a list may have a million of them. */
export class LineFault {
  readonly code: ErrorCode
  /** One sentence. */
  readonly message: string

  constructor(code: ErrorCode, message: string) {
    this.code = code
    this.message = message
  }
}

/** What the kernel package says of an entry or a line, as a fault of the line; other errors are thrown on. */
export function faultOf(error: unknown): LineFault {
  if (error instanceof InputError || error instanceof KernelError) {
    return new LineFault(error.code, error.message.replace(/^Line \d+: /, ''))
  }
  throw error
}
