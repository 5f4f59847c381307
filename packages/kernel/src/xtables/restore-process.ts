import { randomUUID } from 'node:crypto'
import { PipedProcess, type ProcessEnd } from '../process.ts'

/** What became of a block: acknowledged (no end), or the process ended without a word about it. */
export interface BlockOutcome {
  /** Line number of the block's `*table` line, counted from 1 at the start of the process. */
  readonly firstLine: number
  readonly end: ProcessEnd | undefined
}

/**
 * One long-lived iptables-restore, fed block by block.
 *
 * With `-v` it prints the comment lines of its input, so a comment behind a COMMIT comes back when
 * that commit is done. Text that a rule brings along could be printed too; the comment therefore
 * holds a word that nobody outside can know.
 */
export class RestoreProcess {
  readonly #process: PipedProcess
  readonly #word = randomUUID()
  #linesSent = 0
  #blocks = 0
  #acknowledged: ((line: string) => void) | undefined

  /** @param stdbuf Path of stdbuf(1): restore would keep its answers in a block buffer otherwise. */
  constructor(stdbuf: string, program: string, args: readonly string[]) {
    this.#process = new PipedProcess(stdbuf, ['-oL', program, ...args], (line) => this.#acknowledged?.(line))
  }

  get running(): boolean {
    return this.#process.running
  }

  get processId(): number | undefined {
    return this.#process.processId
  }

  /** Lines of input so far; restore counts them in an int. */
  get linesSent(): number {
    return this.#linesSent
  }

  /**
   * Sends one block, from `*table` to `COMMIT`, and waits for its acknowledgement or the process's end.
   * Only one block may be under way.
   */
  async send(block: Buffer, lines: number): Promise<BlockOutcome> {
    const firstLine = this.#linesSent + 1
    const comment = `# ${this.#word} ${++this.#blocks}`
    this.#linesSent += lines + 1
    const acknowledged = new Promise<undefined>((resolve) => {
      this.#acknowledged = (line) => {
        if (line === comment) resolve(undefined)
      }
    })
    this.#process.forgetWarnings()
    this.#process.hold()
    this.#process.write(Buffer.concat([block, Buffer.from(`${comment}\n`)]))
    const end = await Promise.race([acknowledged, this.#process.ended])
    this.#acknowledged = undefined
    this.#process.release()
    return { firstLine, end }
  }

  close(): Promise<ProcessEnd> {
    return this.#process.close()
  }
}
