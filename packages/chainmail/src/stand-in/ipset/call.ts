import { IpsetRefusal, syntaxError, wrongArguments } from './refusal.ts'
import { commandOf, fileWords, type IpsetCommand, outputWords, type Switch, switches } from './words.ts'

/** How sets are printed. */
export type OutputMode = 'plain' | 'save' | 'xml'

/** What the options of a call ask for. In a session they hold for the lines behind theirs too. */
export interface IpsetOptions extends Readonly<Record<Switch, boolean>> {
  readonly output: OutputMode | undefined
}

export const noOptions: IpsetOptions = {
  exist: false,
  quiet: false,
  sorted: false,
  resolve: false,
  names: false,
  terse: false,
  output: undefined,
}

export interface IpsetCall {
  readonly command: IpsetCommand
  /** The words behind the command. */
  readonly operands: readonly string[]
  readonly options: IpsetOptions
}

/** How many words a command has to have, and may have; of some all others are options. */
const operandCounts: Readonly<Record<IpsetCommand, readonly [least: number, most: number]>> = {
  create: [2, Number.POSITIVE_INFINITY],
  add: [2, Number.POSITIVE_INFINITY],
  del: [2, Number.POSITIVE_INFINITY],
  test: [2, Number.POSITIVE_INFINITY],
  destroy: [0, 1],
  list: [0, 1],
  save: [0, 1],
  restore: [0, 0],
  flush: [0, 1],
  rename: [2, 2],
  swap: [2, 2],
  help: [0, Number.POSITIVE_INFINITY],
  version: [0, Number.POSITIVE_INFINITY],
  quit: [0, Number.POSITIVE_INFINITY],
  interactive: [0, Number.POSITIVE_INFINITY],
}

/** ip_set.h: IPSET_MAXNAMELEN counts the closing NUL. */
const LONGEST_NAME = 31

/**
 * Reads the arguments of a call.
 *
 * @param before what holds from the lines before, in a session
 * @throws IpsetRefusal
 */
export function readCall(words: readonly string[], before: IpsetOptions = noOptions): IpsetCall {
  const { rest, options } = readOptions(words, before)
  const [name, ...operands] = rest
  if (name === undefined) throw wrongArguments('No command specified.')
  const command = commandOf(name)
  if (command === undefined) throw wrongArguments(`No command specified: unknown argument ${name}`)
  const [least, most] = operandCounts[command]
  if (operands.length < least)
    throw wrongArguments(
      `Missing ${operands.length === 0 ? '' : 'second '}mandatory argument to command ${command}`,
    )
  if (operands.length > most) throw wrongArguments(`Unknown argument ${operands[most]}`)
  for (const set of nameOperands(command, operands)) checkLength(set)
  return { command, operands, options }
}

function readOptions(
  words: readonly string[],
  before: IpsetOptions,
): { readonly rest: readonly string[]; readonly options: IpsetOptions } {
  const rest: string[] = []
  let options = before
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const option = switches.get(word)
    if (option !== undefined) options = { ...options, [option]: true }
    else if (outputWords.has(word) || fileWords.has(word)) {
      const value = words[++at]
      if (value === undefined)
        throw wrongArguments(`Missing mandatory argument to option ${fileWords.has(word) ? '-f' : '-o'}`)
      if (fileWords.has(word)) throw new IpsetRefusal(`Cannot open ${value}: files are the caller's to open`)
      options = { ...options, output: outputMode(value) }
    } else rest.push(word)
  }
  return { rest, options }
}

function outputMode(value: string): OutputMode {
  if (value === 'plain' || value === 'save' || value === 'xml') return value
  throw syntaxError(`unknown output mode '${value}'`)
}

/** Which of a command's words are the names of sets. */
function nameOperands(command: IpsetCommand, operands: readonly string[]): readonly string[] {
  switch (command) {
    case 'rename':
    case 'swap':
      return operands
    case 'help':
    case 'version':
    case 'quit':
    case 'interactive':
    case 'restore':
      return []
    default:
      return operands.slice(0, 1)
  }
}

export function checkLength(name: string): void {
  if (Buffer.byteLength(name) > LONGEST_NAME)
    throw syntaxError(`setname '${name}' is longer than ${LONGEST_NAME} characters`)
}
