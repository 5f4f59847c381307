import type { Family } from '../address.ts'
import { defaultSearchPath, findProgram, type ProcessEnd } from '../process.ts'
import { RestoreError, XtablesError } from './errors.ts'
import { lineFault, splitLine } from './line.ts'
import { octetsFromText } from './octets.ts'
import { type Backend, checkTableName, xtablesProgram } from './programs.ts'
import { parseRefusal, reasonOfBareFailure } from './refusal.ts'
import { RestoreProcess } from './restore-process.ts'
import { save } from './save.ts'

export interface RestorePipeOptions {
  readonly family: Family
  readonly backend: Backend
  /** Seconds to wait for the xtables lock, which only the legacy backend takes. 30 unless told. */
  readonly lockTimeoutSeconds?: number
  readonly searchPath?: string
}

export interface RestoreBlock {
  /** filter, nat, mangle, raw or security. */
  readonly table: string
  /** Rule commands (`-A INPUT -j DROP`) and chain declarations (`:chain - [0:0]`), without newlines. */
  readonly lines: readonly string[]
}

interface Programs {
  readonly restore: string
  readonly stdbuf: string
}

/** Lines after which a process is replaced by a fresh one, long before its line counter overflows. */
const LINES_PER_PROCESS = 1_000_000_000

/**
 * Changes rules through an iptables-restore --noflush that stays running: no program is started for a
 * change, and each commit is acknowledged before it counts.
 *
 * 1. A commit is applied as a whole or not at all; it resolves once the kernel has it.
 * 2. One line in, one command out: see line.ts, which checks every line before any is written.
 * 3. A refusal names the line at fault, where the program does. It ends the process; a second one
 *    stands ready, so the next commit does not wait for a program to start.
 * 4. Commits are made one after the other in the order of the calls. Batching is the caller's.
 * 5. Nothing is left behind: the process ends when its input closes, which happens when this process
 *    ends, however it ends. It does not keep this process alive either.
 *
 * Batches to avoid (iptables 1.8.9, nft): `-R` of a rule that the same block added crashes the
 * program (`outcome-unknown`, nothing applied), and `-A` then `-F` of a chain in one block leaves the
 * rule in. A commit of the nft program must fit its netlink socket, whose buffer only root outside of
 * any user namespace may enlarge (`batch-too-large`: more than about 900 rules elsewhere). `:chain - [0:0]` empties a user-defined chain that exists, and creates one that does not;
 * for a built-in chain it sets the policy. Counters are set with `-c PACKETS BYTES` inside a rule
 * (ip6tables-nft 1.8.9 ignores them); those of `:chain` lines are ignored.
 */
export class RestorePipe implements AsyncDisposable {
  readonly #options: RestorePipeOptions
  readonly #operation: string
  #programs: Programs | undefined
  #current: RestoreProcess | undefined
  #spare: RestoreProcess | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: RestorePipeOptions) {
    this.#options = options
    this.#operation = `${options.family === 'ipv4' ? 'iptables' : 'ip6tables'}-${options.backend}-restore`
  }

  /** The id of the process that takes the next commit, when one is running. */
  get processId(): number | undefined {
    return this.#current?.running ? this.#current.processId : undefined
  }

  /**
   * Applies the lines to the table in one kernel commit.
   * @throws RestoreError on a refusal; XtablesError `iptables-not-installed`, `table-unknown`, `closed`
   */
  async commit(block: RestoreBlock): Promise<void> {
    if (this.#closed)
      throw new XtablesError('closed', this.#operation, 'The pipe to iptables-restore is closed.')
    checkTableName(block.table)
    for (const [index, line] of block.lines.entries()) this.#checkLine(line, index)
    const turn = this.#queue.then(() => this.#send(block))
    this.#queue = turn.catch(() => undefined)
    await turn
  }

  /** Waits for the commits under way, then lets the processes end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#queue
    await Promise.all([this.#current?.close(), this.#spare?.close()])
    this.#current = undefined
    this.#spare = undefined
  }

  #checkLine(line: string, lineIndex: number): void {
    const fault = lineFault(line)
    if (fault === undefined) return
    throw new RestoreError(fault.code, this.#operation, `The line ${excerpt(line)} ${fault.reason}.`, {
      lineIndex,
    })
  }

  async #send(block: RestoreBlock): Promise<void> {
    this.#programs ??= await this.#findPrograms()
    const process = this.#take(this.#programs)
    const text = `*${block.table}\n${block.lines.map((line) => `${line}\n`).join('')}COMMIT\n`
    const answer = process.send(octetsFromText(text), block.lines.length + 2)
    if (!this.#spare?.running) this.#spare = this.#start(this.#programs)
    const { firstLine, end } = await answer
    if (end !== undefined) throw await this.#refusal(block, firstLine, end)
  }

  /** The process for the next commit: the current one, the spare one, or a new one. */
  #take(programs: Programs): RestoreProcess {
    const current = this.#current
    if (current?.running && current.linesSent < LINES_PER_PROCESS) return current
    if (current?.running) void current.close()
    const next = this.#spare?.running ? this.#spare : this.#start(programs)
    this.#spare = undefined
    this.#current = next
    return next
  }

  #start({ stdbuf, restore }: Programs): RestoreProcess {
    const seconds = this.#options.lockTimeoutSeconds ?? 30
    return new RestoreProcess(stdbuf, restore, ['--noflush', '-v', '-w', String(seconds)])
  }

  async #findPrograms(): Promise<Programs> {
    const { family, backend, searchPath = defaultSearchPath() } = this.#options
    const restore = await xtablesProgram(family, backend, 'restore', searchPath)
    const stdbuf = (await findProgram('stdbuf', searchPath)) ?? (await findProgram('stdbuf'))
    if (stdbuf !== undefined) return { restore, stdbuf }
    const message =
      'The program stdbuf was not found: install it, on Debian or Ubuntu with `apt-get install coreutils`.'
    throw new XtablesError('iptables-not-installed', this.#operation, message)
  }

  async #refusal(block: RestoreBlock, firstLine: number, end: ProcessEnd): Promise<RestoreError> {
    const { code: exitCode, signal, failure } = end
    if (failure !== undefined) {
      const message = `${this.#operation} could not be started: ${failure.message}.`
      return new RestoreError('kernel-refused', this.#operation, message, { cause: failure })
    }
    if (exitCode === undefined || exitCode === 0) {
      const message = `${this.#operation} was ended by ${signal ?? 'itself'} while it worked on table ${block.table}: read the rules back to learn whether the change was made.`
      return new RestoreError('outcome-unknown', this.#operation, message, { exitCode })
    }
    const refusal = parseRefusal(end.stderr, exitCode)
    const named = refusal.lineNumber === undefined ? undefined : refusal.lineNumber - firstLine - 1
    const lineIndex =
      named !== undefined && block.lines[named] !== undefined
        ? named
        : onlyJumpTo(block.lines, refusal.missingTarget)
    const line = lineIndex === undefined ? undefined : block.lines[lineIndex]
    let { code, kernelWords } = refusal
    if (kernelWords === '')
      ({ code, words: kernelWords } = reasonOfBareFailure(line === undefined ? [] : (splitLine(line) ?? [])))
    if (code === 'table-unknown') ({ code, kernelWords } = await this.#whyNoTable(block.table, kernelWords))
    const subject = line === undefined ? `a change of ${block.lines.length} lines` : excerpt(line)
    const advice =
      code === 'lock-unavailable'
        ? ' Whoever changes rules of the legacy backend takes this lock, so this user has to be let read its file.'
        : ''
    const message = `${this.#operation} refused ${subject} in table ${block.table}: ${kernelWords}${advice}`
    return new RestoreError(code, this.#operation, message, { kernelWords, lineIndex, exitCode })
  }

  /** legacy says the same of a table that the kernel lacks and of lacking privileges; its save program tells them apart. */
  async #whyNoTable(
    table: string,
    words: string,
  ): Promise<{ code: XtablesError['code']; kernelWords: string }> {
    try {
      await save({ ...this.#options, table })
    } catch (error) {
      if (error instanceof XtablesError && error.kernelWords !== undefined)
        return { code: error.code, kernelWords: error.kernelWords }
    }
    return { code: 'table-unknown', kernelWords: words }
  }
}

/** The one line that jumps to a chain, when it is the only one: nft names the chain, not the line. */
function onlyJumpTo(lines: readonly string[], target: string | undefined): number | undefined {
  if (target === undefined) return undefined
  const jumps = lines.flatMap((line, index) => (jumpsTo(line, target) ? [index] : []))
  return jumps.length === 1 ? jumps[0] : undefined
}

function jumpsTo(line: string, target: string): boolean {
  const tokens = splitLine(line) ?? []
  return tokens.some(
    (token, at) => token === target && /^(?:-j|-g|--jump|--goto)$/.test(tokens[at - 1] ?? ''),
  )
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)
}
