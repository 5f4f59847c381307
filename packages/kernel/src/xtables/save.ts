import { basename } from 'node:path'
import type { Family } from '../address.ts'
import { ProcessError, type RunEnd, RunningProgram } from '../process.ts'
import { XtablesError } from './errors.ts'
import { textFromOctets } from './octets.ts'
import { type Backend, checkTableName, xtablesProgram } from './programs.ts'
import { parseRefusal } from './refusal.ts'

/** Bytes; a text in V8 holds at most 2^29 letters. */
const MAX_OUTPUT = 500_000_000

const LINE_FEED = 0x0a

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
  const pieces: string[] = []
  for await (const piece of saveInPieces(options)) pieces.push(piece)
  return pieces.join('')
}

/**
 * The same in pieces of whole lines, some 64 KiB each, while the program still prints the next: to take them apart
 * costs less time on the clock than after the end, and does not hold up everything else.
 * @throws XtablesError as {@link save} does; the pieces before may be a part of a whole that never was
 */
export async function* saveInPieces(options: SaveOptions): AsyncGenerator<string, void> {
  checkTableName(options.table)
  const program = await xtablesProgram(options.family, options.backend, 'save', options.searchPath)
  const args = [
    ...(options.counters ? ['-c'] : []),
    ...(options.table === undefined ? [] : ['-t', options.table]),
  ]
  const operation = basename(program)
  const running = new RunningProgram(program, args, {
    timeoutMs: options.timeoutMs ?? 60_000,
    maxOutput: MAX_OUTPUT,
  })
  try {
    yield* wholeLines(running)
    refuseFailure(operation, await running.ended)
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause
    const code = cause.code === 'time-over' ? 'save-timeout' : 'kernel-refused'
    throw new XtablesError(code, operation, cause.message, { cause })
  }
}

/** The text of some output, cut behind line feeds only. */
async function* wholeLines(output: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let begun: Buffer[] = []
  for await (const piece of output) {
    const end = piece.lastIndexOf(LINE_FEED) + 1
    if (end > 0) {
      yield textFromOctets(Buffer.concat([...begun, piece.subarray(0, end)]))
      begun = []
    }
    if (end < piece.length) begun.push(piece.subarray(end))
  }
  if (begun.length > 0) yield textFromOctets(Buffer.concat(begun))
}

function refuseFailure(operation: string, { code, signal, stderr }: RunEnd): void {
  if (code === 0) return
  const refusal = parseRefusal(stderr, code)
  const words = refusal.kernelWords === '' ? `it ended with ${signal ?? code}` : refusal.kernelWords
  throw new XtablesError(refusal.code, operation, `${operation} could not read the rules: ${words}`, {
    kernelWords: refusal.kernelWords,
    exitCode: code,
  })
}
