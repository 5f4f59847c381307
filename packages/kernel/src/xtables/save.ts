import { basename } from 'node:path'
import type { Family } from '../address.ts'
import { ProcessError, run } from '../process.ts'
import { XtablesError } from './errors.ts'
import { textFromOctets } from './octets.ts'
import { type Backend, checkTableName, xtablesProgram } from './programs.ts'
import { parseRefusal } from './refusal.ts'

/** Bytes; a text in V8 holds at most 2^29 letters. */
const MAX_OUTPUT = 500_000_000

export interface SaveOptions {
  readonly family: Family
  readonly backend: Backend
  /** One table, instead of all that exist. Asking legacy for a table by name creates it in the kernel. */
  readonly table?: string
  /** With `[packets:bytes]` before each rule, and the real counters of the chains' policies. */
  readonly counters?: boolean
  /** Milliseconds; 60,000 unless told. The nft program starts over whenever the ruleset changes under it. */
  readonly timeoutMs?: number
  readonly searchPath?: string
}

/**
 * The rules in iptables-save's format, see iptables-save(8). Warnings of the program (of tables of the
 * other backend, say) are not part of it. Each table is read at one moment; several tables are not.
 *
 * The legacy program answers an empty text, and no error, to a process without privileges as long as
 * no table exists.
 * @throws XtablesError `iptables-not-installed`, `not-permitted`, `table-unknown`, `backend-unavailable`,
 *   `save-timeout`, `kernel-refused`
 */
export async function save(options: SaveOptions): Promise<string> {
  checkTableName(options.table)
  const program = await xtablesProgram(options.family, options.backend, 'save', options.searchPath)
  const args = [
    ...(options.counters ? ['-c'] : []),
    ...(options.table === undefined ? [] : ['-t', options.table]),
  ]
  const operation = basename(program)
  const result = await run(program, args, {
    timeoutMs: options.timeoutMs ?? 60_000,
    maxOutput: MAX_OUTPUT,
  }).catch((cause: unknown) => {
    if (!(cause instanceof ProcessError)) throw cause
    const code = cause.code === 'time-over' ? 'save-timeout' : 'kernel-refused'
    throw new XtablesError(code, operation, cause.message, { cause })
  })
  if (result.code === 0) return textFromOctets(result.stdout)
  const refusal = parseRefusal(result.stderr, result.code)
  const words =
    refusal.kernelWords === '' ? `it ended with ${result.signal ?? result.code}` : refusal.kernelWords
  throw new XtablesError(refusal.code, operation, `${operation} could not read the rules: ${words}`, {
    kernelWords: refusal.kernelWords,
    exitCode: result.code,
  })
}
