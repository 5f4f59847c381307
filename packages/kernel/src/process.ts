import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { basename, delimiter, join } from 'node:path'
import { Child } from './child.ts'

/**
 * The one file that starts programs. Never through a shell; every program gets the same small
 * environment, so that its messages are in English and its behaviour does not hang on the caller's.
 */

export type ProcessErrorCode = 'program-not-started' | 'output-too-large' | 'time-over'

/** A program could not be started, or was ended because it went over its limits. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
  readonly code: ProcessErrorCode
  readonly program: string

  constructor(code: ProcessErrorCode, program: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.program = program
  }
}

export interface RunOptions {
  /** Written to the program's standard input, which is then closed. */
  readonly input?: Uint8Array
  /** Bytes of standard output beyond which the program is ended. 1 GiB unless told. */
  readonly maxOutput?: number
  /** Milliseconds after which the program is ended. 60,000 unless told. */
  readonly timeoutMs?: number
}

/** How a program ended. */
export interface RunEnd {
  /** The exit status; undefined when a signal ended the program. */
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stderr: string
}

export interface RunResult extends RunEnd {
  readonly stdout: Buffer
}

/** How a long-lived program ended. */
export interface ProcessEnd extends RunEnd {
  /** Why the program could not be started, when it could not. */
  readonly failure: Error | undefined
}

/** What a program that chainmail stands in for is a link to: it would call itself, so it is passed over. */
const STAND_IN = 'chainmail.mjs'

/** Bytes. */
const STDERR_KEPT = 64 * 1024

/** Where programs are looked for: the caller's PATH, then the folders of the system's own tools. */
export function defaultSearchPath(): string {
  return [process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter)
}

/** The full path of a program, or undefined when no folder of the search path has it. Links to chainmail are none. */
export async function findProgram(
  name: string,
  searchPath = defaultSearchPath(),
): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    if (!folder.startsWith('/')) continue
    const path = join(folder, name)
    try {
      await access(path, constants.X_OK)
      if (basename(await realpath(path)) !== STAND_IN) return path
    } catch {
      // Not in this folder, or not executable there: the next one may have it.
    }
  }
  return undefined
}

/**
 * Runs a program to its end. An exit status other than 0 is a result, not an error.
 * @param program its file, as {@link findProgram} tells it; no folder is searched
 * @throws ProcessError
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const running = new RunningProgram(program, args, options)
  const stdout: Buffer[] = []
  for await (const piece of running) stdout.push(piece)
  return { ...(await running.ended), stdout: Buffer.concat(stdout) }
}

/**
 * A program that runs to its end by itself, and whose output is taken while it comes. It waits while nobody takes it,
 * and is ended when whoever takes it goes away.
 */
export class RunningProgram {
  /**
   * How it ended, once all of its output is taken.
   * @throws ProcessError
   */
  readonly ended: Promise<RunEnd>
  /** Undefined where it could not be started. */
  readonly #child: Child | undefined
  readonly #program: string
  readonly #maxOutput: number
  #overrun: ProcessError | undefined

  constructor(program: string, args: readonly string[], options: RunOptions = {}) {
    const { input, maxOutput = 1024 ** 3, timeoutMs = 60_000 } = options
    this.#program = program
    this.#maxOutput = maxOutput
    try {
      this.#child = start(program, args)
      this.ended = this.#end(this.#child, timeoutMs)
    } catch (error) {
      this.ended = Promise.reject(error)
    }
    // Whoever goes away before the end does not ask how it was.
    this.ended.catch(() => {})
    this.#child?.stdin?.on('error', ignoreBrokenPipe).end(input ?? '')
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    const child = this.#child
    if (child === undefined) return
    const output: AsyncIterable<Buffer> = child.stdout
    let received = 0
    let complete = false
    try {
      for await (const piece of output) {
        received += piece.length
        if (received <= this.#maxOutput) yield piece
        else this.#stop('output-too-large', `${this.#program} wrote more than ${this.#maxOutput} bytes.`)
      }
      complete = true
    } finally {
      if (!complete) child.kill('SIGKILL')
    }
  }

  async #end(child: Child, timeoutMs: number): Promise<RunEnd> {
    const stderr = new Tail()
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
    const timer = setTimeout(
      () => this.#stop('time-over', `${this.#program} did not end within ${timeoutMs} ms.`),
      timeoutMs,
    )
    const end = await child.ended
    clearTimeout(timer)
    if (this.#overrun !== undefined) throw this.#overrun
    return { ...end, stderr: stderr.text() }
  }

  #stop(code: ProcessErrorCode, message: string): void {
    this.#overrun ??= new ProcessError(code, this.#program, message)
    this.#child?.kill('SIGKILL')
  }
}

/**
 * A long-lived program that is spoken to through its standard input and answers line by line.
 * It ends when its input is closed, so it ends with this process too, however this one dies.
 * While nobody holds it, it does not keep this process alive.
 */
export class PipedProcess {
  /** Undefined where it could not be started. */
  readonly #child: Child | undefined
  readonly #stderr = new Tail()
  #running = true
  #rest = ''

  /** Settles when the program has ended and everything it said was read. Never rejects. */
  readonly ended: Promise<ProcessEnd>

  /** @param onLine Called with each line of standard output, its bytes as Latin-1, without the newline. */
  constructor(program: string, args: readonly string[], onLine: (line: string) => void) {
    try {
      const child = start(program, args)
      this.#child = child
      child.stdin?.on('error', ignoreBrokenPipe)
      child.stderr.on('data', (chunk: Buffer) => this.#stderr.add(chunk))
      child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
        const lines = (this.#rest + chunk).split('\n')
        this.#rest = lines.pop() ?? ''
        for (const line of lines) onLine(line)
      })
      child.stdout.once('close', () => {
        this.#running = false
      })
      this.ended = child.ended.then((end) => ({ ...end, stderr: this.#stderr.text(), failure: undefined }))
    } catch (error) {
      this.#running = false
      const failure = error instanceof Error ? error : new Error(String(error))
      this.ended = Promise.resolve({ code: undefined, signal: undefined, stderr: '', failure })
    }
    this.release()
  }

  /** False as soon as the program is known to have ended. */
  get running(): boolean {
    return this.#running
  }

  get processId(): number | undefined {
    return this.#child?.processId
  }

  /** Drops what the program said on standard error so far: it went on, so it was no reason to end. */
  forgetWarnings(): void {
    this.#stderr.clear()
  }

  write(bytes: Uint8Array): void {
    this.#child?.stdin?.write(bytes)
  }

  /** Keeps this process alive until release(): an answer is awaited. */
  hold(): void {
    for (const socket of this.#sockets()) socket.ref()
  }

  release(): void {
    for (const socket of this.#sockets()) socket.unref()
  }

  /** Closes the program's input and waits until it has ended by itself. */
  async close(): Promise<ProcessEnd> {
    this.hold()
    this.#child?.stdin?.end()
    return await this.ended
  }

  #sockets(): Socket[] {
    if (this.#child === undefined) return []
    const { stdin, stdout, stderr } = this.#child
    return [...(stdin === undefined ? [] : [stdin]), stdout, stderr]
  }
}

/**
 * Starts a program that outlives this process, however that ends: in a session and process group of its own, without
 * a terminal, and with nothing open that leads back here. Resolves with its process id once it has said that it is
 * ready, by a first line on its standard output.
 *
 * A supervisor that ends a whole control group, as systemd does with a stopped service, ends it as well.
 *
 * @throws ProcessError `program-not-started` when it ended before it was ready, with the last of what it complained
 *   about; `time-over`, and then it was ended
 */
export async function startApart(
  program: string,
  args: readonly string[],
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<number> {
  const child = start(program, args, { apart: true })
  const stderr = new Tail()
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  const said = Promise.withResolvers<'ready'>()
  child.stdout.once('data', () => said.resolve('ready'))
  const timer = Promise.withResolvers<'late'>()
  const timeout = setTimeout(() => timer.resolve('late'), timeoutMs)
  const outcome = await Promise.race([said.promise, timer.promise, child.ended])
  clearTimeout(timeout)
  if (outcome === 'late') {
    child.kill('SIGKILL')
    throw new ProcessError('time-over', program, `${program} was not ready within ${timeoutMs} ms.`)
  }
  if (outcome !== 'ready') throw notStarted(program, stderr.text().trim() || 'it ended at once.')
  child.stdout.destroy()
  child.stderr.destroy()
  return child.processId
}

/** @throws ProcessError `program-not-started` */
function start(program: string, args: readonly string[], { apart = false } = {}): Child {
  try {
    return new Child(program, args, { environment: environment(), apart })
  } catch (error) {
    throw notStarted(program, `${error instanceof Error ? error.message : String(error)}.`, error)
  }
}

function notStarted(program: string, why: string, cause?: unknown): ProcessError {
  return new ProcessError('program-not-started', program, `${program} could not be started: ${why}`, cause)
}

function environment(): Record<string, string> {
  const lockFile = process.env.XTABLES_LOCKFILE
  return {
    LC_ALL: 'C',
    PATH: defaultSearchPath(),
    ...(lockFile === undefined ? {} : { XTABLES_LOCKFILE: lockFile }),
  }
}

/** A program that ends before it read everything breaks the pipe; how it ended tells the rest. */
function ignoreBrokenPipe(): void {}

/** The last part of what a program says on standard error: a flood of warnings is not kept, the reason is. */
class Tail {
  readonly #chunks: Buffer[] = []
  #length = 0

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    for (
      let first = this.#chunks[0];
      first && this.#length - first.length >= STDERR_KEPT;
      first = this.#chunks[0]
    ) {
      this.#chunks.shift()
      this.#length -= first.length
    }
  }

  clear(): void {
    this.#chunks.length = 0
    this.#length = 0
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
