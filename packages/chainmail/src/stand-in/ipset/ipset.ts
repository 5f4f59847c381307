import { nameAddresses, type RestoreOperation, type SetHeader } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { Outcome } from '../outcome.ts'
import { type IpsetCall, type IpsetOptions, noOptions, type OutputMode, readCall } from './call.ts'
import { readEntry } from './entry.ts'
import { generalHelp, typeHelp } from './help.ts'
import { type ListedSet, renderSets } from './listing.ts'
import { changeOf } from './operation.ts'
import { IpsetRefusal, refusalOf, wrongArguments } from './refusal.ts'
import { restoreWords } from './restore-words.ts'
import type { CommandSets } from './sets.ts'
import { refuseRanges, toldElement } from './test-element.ts'
import { commandOf, VERSION } from './words.ts'

const WITHOUT_COMMAND = /^\s*(?:#|$)/
const COMMIT = /^\s*COMMIT\r?$/
const PROMPT = 'ipset> '

/** Changes of a restore that are made together at most. */
const STEP = 1_000

/**
 * Does what a call of ipset would do, and prints and ends as it would. ipset(8)
 *
 * @param words the arguments behind the program's name; `-file` is for who has the caller's files
 * @param input what comes by its standard input
 */
export async function ipset(words: readonly string[], sets: CommandSets, input: string): Promise<Outcome> {
  return new IpsetRun(sets).run(words, input)
}

/** One process of ipset, as far as anybody sees it. */
class IpsetRun {
  readonly #sets: CommandSets
  #stdout = ''
  #stderr = ''
  #options: IpsetOptions = noOptions
  /** How the last command of a restore that changes nothing has ended. */
  #restored = 0

  constructor(sets: CommandSets) {
    this.#sets = sets
  }

  async run(words: readonly string[], input: string): Promise<Outcome> {
    let code: number
    try {
      const call = readCall(words)
      this.#options = call.options
      if (call.command === 'restore') code = await this.#restore(input)
      else if (call.command === 'interactive') code = await this.#session(input)
      else code = await this.#do(call)
    } catch (error) {
      code = this.#refuse(error, isQuiet(words))
    }
    return { code, stdout: this.#stdout, stderr: this.#stderr }
  }

  #refuse(error: unknown, isQuietly: boolean, line?: number): number {
    if (!(error instanceof IpsetRefusal)) throw error
    const { code, stderr } = error.outcome(line)
    if (!isQuietly) this.#stderr += stderr
    return code
  }

  /** Does one call. @returns its exit code @throws IpsetRefusal */
  async #do(call: IpsetCall): Promise<number> {
    const { command, operands } = call
    const header = this.#knownType(call)
    try {
      switch (command) {
        case 'test':
          return await this.#test(call)
        case 'list':
        case 'save':
          await this.#list(call)
          return 0
        case 'version':
          this.#stdout += `ipset v${VERSION}, protocol version: ${this.#sets.protocol}\n`
          return 0
        case 'help':
          this.#help(operands[0])
          return 0
        default:
          await this.#change(call)
          return 0
      }
    } catch (error) {
      throw refusalOf(error, command, header) ?? error
    }
  }

  /** The type that a refusal of the kernel is about. */
  #knownType({ command, operands }: IpsetCall): string | undefined {
    const [name = '', type] = operands
    if (command === 'create') return type
    return this.#sets.names().includes(name) ? this.#sets.header(name).type : undefined
  }

  async #change(call: IpsetCall): Promise<void> {
    const asked = await changeOf(call, this.#sets)
    if (asked === undefined) return
    this.#warn(asked.warnings, call.options)
    await changeForgivingly(this.#sets, [asked.operation])
  }

  #warn(warnings: readonly string[], { quiet }: IpsetOptions): void {
    if (warnings.length > 0 && !quiet) this.#stderr += `Warning: ${warnings.join('\n')}\n`
  }

  async #test({ operands, options }: IpsetCall): Promise<number> {
    const [name = '', ...words] = operands
    const header = this.#sets.header(name)
    const entry = await readEntry('test', words, header)
    refuseRanges(entry.element, header)
    const other = entry.before ?? entry.after
    const said = `${toldElement(entry.element, header)}${other === undefined ? '' : ` after ${other}`}`
    const isIn = await this.#sets.test(name, entry)
    if (!options.quiet)
      this.#stderr += isIn ? `Warning: ${said} is in set ${name}.\n` : `${said} is NOT in set ${name}.\n`
    return isIn ? 0 : 1
  }

  async #list({ command, operands, options }: IpsetCall): Promise<void> {
    const mode: OutputMode = options.output ?? (command === 'save' ? 'save' : 'plain')
    const wantsEntries = mode === 'save' || !(options.names || options.terse)
    const listed: ListedSet[] = []
    for (const description of await this.#sets.describe(operands[0])) {
      const entries = wantsEntries ? await this.#sets.entries(description.name) : []
      listed.push({ description, entries })
    }
    this.#stdout += renderSets(options.resolve ? await named(listed) : listed, options, mode)
  }

  #help(type: string | undefined): void {
    this.#stdout += generalHelp()
    if (type === undefined) return
    const help = typeHelp(type)
    if (help === undefined) throw wrongArguments(`Unknown settype: \`${type}'`)
    this.#stdout += `\n${help}`
  }

  /** A command a line, until one is refused. */
  async #restore(input: string): Promise<number> {
    const pending = new PendingChanges(this.#sets)
    let number = 0
    try {
      for (const line of input.split('\n')) {
        number++
        if (COMMIT.test(line)) await pending.make()
        else if (!WITHOUT_COMMAND.test(line) && (await this.#restoreLine(line, number, pending))) break
      }
      await pending.make()
      return this.#restored
    } catch (error) {
      const line = error instanceof ChainmailError ? error.line : undefined
      const refusal = refusalOf(error, pending.commandOf(line), pending.typeOf(line)) ?? error
      return this.#refuse(refusal, this.#options.quiet, line ?? number)
    }
  }

  /** @returns whether that was the end */
  async #restoreLine(line: string, number: number, pending: PendingChanges): Promise<boolean> {
    const call = readCall(restoreWords(line), this.#options)
    this.#options = call.options
    const { command } = call
    if (command === 'quit') return true
    if (command === 'version' || command === 'help' || command === 'restore')
      throw wrongArguments(`Command \`${command}' is invalid in restore mode.`)
    if (await pending.take(call, number)) return false
    await pending.make()
    this.#restored = await this.#do(call)
    return this.#restored !== 0
  }

  /** Answers each line, whatever becomes of it, until one says quit. */
  async #session(input: string): Promise<number> {
    this.#stdout += PROMPT
    const lines = input.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      try {
        if (WITHOUT_COMMAND.test(line)) this.#stdout += PROMPT
        else if (await this.#answer(restoreWords(line))) return 0
      } catch (error) {
        this.#refuse(error, false)
      }
      this.#stdout += PROMPT
    }
    return 0
  }

  /** @returns whether that was the end */
  async #answer(words: readonly string[]): Promise<boolean> {
    if (words.every((word) => commandOf(word) === undefined)) {
      this.#stdout += 'No command specified\n'
      return false
    }
    const call = readCall(words, this.#options)
    this.#options = call.options
    if (call.command === 'quit') return true
    if (call.command === 'restore') this.#stdout += 'Restore command is not supported in interactive mode\n'
    else await this.#do(call)
    return false
  }
}

/**
 * Changes of a restore that ipset sends together: entries that are added to one set, or deleted from it. Where the line
 * behind them cannot be read, it does not send them.
 */
class PendingChanges {
  readonly #sets: CommandSets
  #pending: RestoreOperation[] = []
  #made: readonly RestoreOperation[] = []
  /** What sets are, while nothing but entries has changed. */
  readonly #headers = new Map<string, SetHeader>()

  constructor(sets: CommandSets) {
    this.#sets = sets
  }

  /** Reads a change. @returns whether it is one @throws IpsetRefusal; KernelError */
  async take(call: IpsetCall, line: number): Promise<boolean> {
    const { checkType } = this.#sets
    const asked = await changeOf(call, { checkType, header: (name) => this.#headerOf(name) }, line)
    if (asked === undefined) return false
    const { operation } = asked
    const isEntry = operation.command === 'add' || operation.command === 'del'
    const [first = operation] = this.#pending
    if (first.command !== operation.command || first.name !== operation.name) await this.make()
    this.#pending.push(operation)
    if (!isEntry || this.#pending.length >= STEP) await this.make()
    if (!isEntry) this.#headers.clear()
    return true
  }

  /** Makes what was read. @throws ChainmailError with the line of what was refused */
  async make(): Promise<void> {
    if (this.#pending.length === 0) return
    this.#made = this.#pending
    this.#pending = []
    await changeForgivingly(this.#sets, this.#made)
  }

  commandOf(line: number | undefined): string {
    return this.#made.find((operation) => operation.line === line)?.command ?? ''
  }

  typeOf(line: number | undefined): string | undefined {
    const operation = this.#made.find((one) => one.line === line)
    if (operation?.command === 'create') return operation.type
    const { name } = operation ?? {}
    return name !== undefined && this.#sets.names().includes(name) ? this.#sets.header(name).type : undefined
  }

  #headerOf(name: string): SetHeader {
    const known = this.#headers.get(name)
    if (known !== undefined) return known
    const header = this.#sets.header(name)
    this.#headers.set(name, header)
    return header
  }
}

/** With -exist, ipset takes no offence at a set that is not there to be destroyed. */
async function changeForgivingly(sets: CommandSets, operations: readonly RestoreOperation[]): Promise<void> {
  const [{ command, exists } = { command: '', exists: 'fail' }] = operations
  try {
    await sets.change(operations)
  } catch (error) {
    const isForgiven = command === 'destroy' && exists === 'ignore'
    if (!isForgiven || !(error instanceof ChainmailError) || error.code !== 'set-not-found') throw error
  }
}

function isQuiet(words: readonly string[]): boolean {
  return words.some((word) => /^(?:-q|--?quiet)$/.test(word))
}

/** With the names of single addresses in their place, where they have one. */
async function named(sets: readonly ListedSet[]): Promise<readonly ListedSet[]> {
  const parts = sets.flatMap(({ entries }) => entries.flatMap(({ element }) => element.split(',')))
  const names = await nameAddresses(parts)
  return sets.map(({ description, entries }) => ({
    description,
    entries: entries.map((entry) => ({
      ...entry,
      element: entry.element
        .split(',')
        .map((part) => names.get(part) ?? part)
        .join(','),
    })),
  }))
}
