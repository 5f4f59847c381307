import { type Family, RestoreError, splitLine } from '@chainmail/kernel'
import { linesOf } from '../engine/rules/commands.ts'
import { ChainmailError } from '../errors.ts'
import { isTableName } from '../model/names/tables.ts'
import { parseDumpLine } from '../text/command/parse-command.ts'
import { readOptions } from './getopt.ts'
import { type CommandFirewall, programOf } from './iptables.ts'
import { type Outcome, printed, silent } from './outcome.ts'
import { exits, nameOf, type Program, titleOf } from './program.ts'
import { usageOutcome } from './usage.ts'

interface Settings {
  readonly counters: boolean
  readonly noflush: boolean
  readonly test: boolean
  readonly table: string | undefined
}

/** The lines of a table that are committed together, and where in the input each of them stands. */
interface Block {
  readonly table: string
  readonly lines: string[]
  /** Counted from 1. */
  readonly numbers: number[]
}

/** Something in the input that ends the program, with what it prints. */
class Stop extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('The input cannot be read on.')
    this.outcome = outcome
  }
}

/**
 * Does what iptables-restore does with its input: one commit for each table, those before one that fails stand.
 * iptables-restore(8)
 */
export async function iptablesRestore(
  words: readonly string[],
  family: Family,
  firewall: CommandFirewall,
  input: string,
): Promise<Outcome> {
  const program = programOf(firewall, family)
  const name = `${nameOf(program)}-restore`
  const given = readOptions(words, options, name, `Try \`${name} -h' for more information.`)
  if ('code' in given) return given
  const { values } = given
  if (values.has('V')) return printed(`${restoreTitle(program)}\n`)
  if (values.has('h')) return { code: 0, stdout: '', stderr: restoreHelp(program) }
  const settings = {
    counters: values.has('c'),
    noflush: values.has('n'),
    test: values.has('t'),
    table: values.get('T'),
  }
  try {
    for (const block of blocksOf(input, program, settings)) await commit(block, program, settings, firewall)
    return silent
  } catch (error) {
    if (error instanceof Stop) return error.outcome
    throw error
  }
}

/** iptables-restore(8) */
const options = [
  { letter: 'c', word: 'counters', value: 'none' },
  { letter: 'h', word: 'help', value: 'none' },
  { letter: 'n', word: 'noflush', value: 'none' },
  { letter: 't', word: 'test', value: 'none' },
  { letter: 'v', word: 'verbose', value: 'none' },
  { letter: 'V', word: 'version', value: 'none' },
  { letter: 'T', word: 'table', value: 'required' },
  { letter: 'M', word: 'modprobe', value: 'required' },
  { letter: 'w', word: 'wait', value: 'optional' },
  { letter: 'W', word: 'wait-interval', value: 'required' },
] as const

/** In words of its own, since those of the program itself are in its package. */
function restoreHelp(program: Program): string {
  const name = `${nameOf(program)}-restore`
  const words = options.map(({ letter, word, value }) =>
    value === 'none' ? `[-${letter}|--${word}]` : `[-${letter}|--${word} VALUE]`,
  )
  return `Usage: ${name} ${words.join(' ')} [FILE]\n${name}(8) tells more; chainmail stands in for it.\n`
}

async function commit(
  { table, lines, numbers }: Block,
  program: Program,
  settings: Settings,
  firewall: CommandFirewall,
): Promise<void> {
  if (settings.test || (settings.table !== undefined && settings.table !== table)) return
  const flushed = settings.noflush ? [] : ['-F', '-X']
  try {
    await firewall.restore({ table, family: program.family }, [...flushed, ...lines])
  } catch (error) {
    if (!(error instanceof RestoreError)) throw error
    const { lineIndex, kernelWords = '' } = error
    const number = numbers[(lineIndex ?? Number.NaN) - flushed.length] ?? (numbers.at(-1) ?? 0) + 1
    throw new Stop(refusal(program, number, kernelWords, error.exitCode))
  }
}

function refusal(program: Program, number: number, words: string, code: number | undefined): Outcome {
  if (code === exits.usage) {
    const stderr = `${restoreTitle(program)}: ${words}\nError occurred at line: ${number}\n${restoreAdvice(program)}`
    return { code, stdout: '', stderr }
  }
  const failed = `${nameOf(program)}-restore: line ${number} failed`
  const stderr =
    program.backend === 'legacy'
      ? `${failed}\n`
      : / failed \(/.test(words)
        ? `${restoreTitle(program)}: \nline ${number}: ${words}\n`
        : `${failed}: ${words}\n`
  return { code: code ?? exits.failed, stdout: '', stderr }
}

/** The tables of the input, each once its COMMIT is read. */
function* blocksOf(input: string, program: Program, settings: Settings): Generator<Block, void> {
  let block: Block | undefined
  const lines = input.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const [index, line] of lines.entries()) {
    const number = index + 1
    if (line === '' || line.startsWith('#')) continue
    if (line === 'COMMIT' && block !== undefined) {
      yield block
      block = undefined
    } else if (line.startsWith('*') && block === undefined) {
      block = { table: tableName(line, number, program), lines: [], numbers: [] }
    } else if (block === undefined) throw new Stop(unreadable(program, number))
    else {
      const added = linesFor(line, block.table, number, program, settings)
      block.lines.push(...added)
      block.numbers.push(...added.map(() => number))
    }
  }
  if (block !== undefined) throw new Stop(noCommit(program, lines.length + 1))
}

function tableName(line: string, number: number, program: Program): string {
  const name = line.slice(1).trim()
  if (isTableName(name)) return name
  const restore = `${nameOf(program)}-restore`
  const words =
    program.backend === 'nft'
      ? `${restore}: line ${number} table name '${name}' invalid`
      : `${restore}: unable to initialize table '${name}'`
  const stderr = `${restoreTitle(program)}: ${words}\nError occurred at line: ${number}\n${restoreAdvice(program)}`
  throw new Stop({ code: exits.usage, stdout: '', stderr })
}

const COUNTED = /^\[(\d+):(\d+)\] *(.*)$/s

/** The lines that do what one line of the input says. */
function linesFor(
  line: string,
  table: string,
  number: number,
  program: Program,
  { counters }: Settings,
): readonly string[] {
  if (line.startsWith(':')) return [line]
  const [, packets, bytes, bare = line] = COUNTED.exec(line) ?? []
  const counted = counters && packets !== undefined && bytes !== undefined ? ['-c', packets, bytes] : []
  const split = splitLine(bare)
  if (split === undefined) throw new Stop(unreadable(program, number))
  const words = [...split, ...counted]
  try {
    const command = parseDumpLine(words, table, { family: program.family })
    if (command === undefined) return []
    if (command.operation === 'check' || command.operation === 'list' || command.operation === 'list-rules')
      return []
    return linesOf(command)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    throw new Stop(misread(program, words, error, number))
  }
}

/** A line that is not understood, in the words that iptables would use for the same arguments. */
function misread(program: Program, words: readonly string[], error: ChainmailError, number: number): Outcome {
  const { code, stderr } = usageOutcome(program, words, error)
  if (code !== exits.usage)
    return { code, stdout: '', stderr: stderr.replace(titleOf(program), restoreTitle(program)) }
  const [said = ''] = stderr.split('Try `')
  const named = said.replace(titleOf(program), restoreTitle(program))
  return { code, stdout: '', stderr: `${named}Error occurred at line: ${number}\n${restoreAdvice(program)}` }
}

function unreadable(program: Program, number: number): Outcome {
  return { code: exits.failed, stdout: '', stderr: `${nameOf(program)}-restore: line ${number} failed\n` }
}

function noCommit(program: Program, number: number): Outcome {
  return {
    code: exits.failed,
    stdout: '',
    stderr: `${nameOf(program)}-restore: COMMIT expected at line ${number}\n`,
  }
}

function restoreTitle(program: Program): string {
  return titleOf(program).replace(' ', '-restore ')
}

function restoreAdvice(program: Program): string {
  const name = `${nameOf(program)}-restore`
  return `Try \`${name} -h' or '${name} --help' for more information.\n`
}
