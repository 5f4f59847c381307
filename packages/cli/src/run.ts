import type { FirewallAccess } from './access/access.ts'
import type { ProgramOutcome } from './access/programs.ts'
import { remoteOf } from './access/remote.ts'
import { otpOption } from './access/remote-options.ts'
import { senderOf } from './access/sender.ts'
import { directOption, type Input, jsonOption, socketOption } from './command.ts'
import { commands, groups } from './commands/index.ts'
import { type ExitReason, exitCodes, exitReason, tellsChanges } from './exit-code.ts'
import { overviewHelp } from './help.ts'
import { parse } from './parse.ts'
import { Refusal } from './refusal.ts'
import type { Dialogue } from './terminal/dialogue.ts'
import { Progress } from './terminal/progress.ts'
import type { Screen } from './terminal/screen.ts'
import { chooseStyle } from './terminal/style.ts'
import type { TableLayout } from './terminal/table.ts'
import { printable, printableJson, printableJsonLine, wrap } from './terminal/text.ts'

/** What the command needs of a stream that it writes to. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Of a terminal; some tell 0 where they don't know. */
  readonly columns?: number
}

export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: Sink
  readonly stderr: Sink
  readonly environment: NodeJS.ProcessEnv
  /** Begins a conversation at the terminal, if there is one. */
  readonly dialogue?: () => Dialogue | undefined
  /** Takes the whole terminal over, if there is one. */
  readonly screen?: () => Screen | undefined
  /** Asks for one line at the terminal; undefined where nobody sits there. */
  readonly ask?: (question: string) => Promise<string | undefined>
}

/** A terminal that doesn't tell its width is as wide as the first ones were. */
const ORDINARY_WIDTH = 80

/**
 * Runs one call of the command.
 *
 * @param words what stands behind `chainmail`
 * @returns the exit code
 * @throws whatever is a fault of the command itself
 */
export async function run(
  words: readonly string[],
  {
    stdin,
    stdout,
    stderr,
    environment,
    dialogue = () => undefined,
    screen = () => undefined,
    ask,
  }: Surroundings,
): Promise<number> {
  if (words.length === 0) {
    writeLines(stderr, overviewHelp(commands, groups, layoutOf(stderr, environment)))
    return exitCodes.usage.code
  }
  let asksForJson = words.includes(`--${jsonOption.name}`)
  try {
    const input = parse(words)
    asksForJson = input.has(jsonOption)
    await using opened = new Opened(input, environment, ask)
    const answer = await input.command.run(input, {
      access: () => opened.access(),
      input: () => everything(stdin),
      stream: () => stdin,
      dialogue,
      screen,
      sender: () => senderOf(environment),
      progress: (options) => new Progress(stderr, options),
    })
    if (!asksForJson && answer.program !== undefined) return writeProgram(answer.program, stdout, stderr)
    if (asksForJson && answer.documents !== undefined)
      for await (const document of answer.documents()) writeLines(stdout, [printableJsonLine(document)])
    else if (asksForJson) writeLines(stdout, [printableJson(answer.document)])
    else if (answer.text !== undefined) for await (const piece of answer.text()) stdout.write(piece)
    else writeLines(stdout, answer.lines(layoutOf(stdout, environment)))
    return exitCodes[answer.ends ?? 'done'].code
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    writeRefusal(error, stderr, asksForJson, layoutOf(stderr, environment))
    return exitCodes[endOf(error, words)].code
  }
}

function writeProgram(outcome: ProgramOutcome, stdout: Sink, stderr: Sink): number {
  if (outcome.stdout !== '') stdout.write(outcome.stdout)
  if (outcome.stderr !== '') stderr.write(outcome.stderr)
  return outcome.code
}

/** How a refusal ends the command: in the refusal's own way, or by its code. */
function endOf({ ends, code }: Refusal, words: readonly string[]): ExitReason {
  const reason = ends ?? exitReason(code)
  const name = words.find((word) => !word.startsWith('-'))
  const command = commands.find((candidate) => candidate.name === name)
  return reason === 'usage' && command !== undefined && tellsChanges(command) ? 'refused' : reason
}

/** The way to the firewall that the options ask for, made when it is wanted and closed in any case. */
class Opened implements AsyncDisposable {
  readonly #input: Input
  readonly #environment: NodeJS.ProcessEnv
  readonly #ask: Surroundings['ask']
  #access: FirewallAccess | undefined

  constructor(input: Input, environment: NodeJS.ProcessEnv, ask: Surroundings['ask']) {
    this.#input = input
    this.#environment = environment
    this.#ask = ask
  }

  async access(): Promise<FirewallAccess> {
    this.#access ??= await this.#open()
    return this.#access
  }

  /** Each way is loaded when it is taken: the library with its native part takes longer than a whole request. */
  async #open(): Promise<FirewallAccess> {
    if (this.#input.has(directOption)) {
      const { openDirectAccess } = await import('./access/direct.ts')
      return openDirectAccess()
    }
    const { openDaemonAccess } = await import('./access/daemon.ts')
    const remote = remoteOf(this.#input, this.#environment)
    if (remote === undefined) return openDaemonAccess({ socket: this.#input.value(socketOption) })
    const ask = this.#ask
    return openDaemonAccess({
      remote,
      oneTimePasswords: {
        given: this.#input.value(otpOption),
        ...(ask === undefined ? {} : { ask: () => ask('One-time password: ') }),
      },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#access?.[Symbol.asyncDispose]()
  }
}

async function everything(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return Buffer.concat(pieces)
}

function layoutOf(sink: Sink, environment: NodeJS.ProcessEnv): TableLayout {
  const isTerminal = sink.isTTY === true
  return {
    columns: isTerminal ? sink.columns || ORDINARY_WIDTH : Number.POSITIVE_INFINITY,
    style: chooseStyle(isTerminal, environment),
  }
}

function writeRefusal(refusal: Refusal, sink: Sink, asJson: boolean, { columns, style }: TableLayout): void {
  const { problem, advice } = refusal
  const sentences = [`chainmail: ${problem.detail}`, ...(advice === undefined ? [] : [advice])]
  const [first = '', ...rest] = sentences.flatMap((sentence) => wrap(printable(sentence), columns))
  writeLines(sink, asJson ? [printableJson(problem)] : [style.bad(first), ...rest])
}

function writeLines(sink: Sink, lines: readonly string[]): void {
  if (lines.length > 0) sink.write(`${lines.join('\n')}\n`)
}
