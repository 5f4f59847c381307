import { parseArgs } from 'node:util'
import { suggest } from 'chainmail/suggest'
import { accessOptions, type Command, Input, missingArgument, optionsOf, versionOption } from './command.ts'
import { commands, groups, helpCommand, versionCommand } from './commands/index.ts'
import { findCommand } from './find-command.ts'
import type { Option } from './option.ts'
import { quoted, wrongUsage } from './refusal.ts'

/** Every option of any command: where one stands in two, it means the same in both. */
const allOptions: ReadonlyMap<string, Option> = new Map(
  [versionOption, ...commands.flatMap(optionsOf)].map((option) => [option.name, option]),
)

const parserOptions = Object.fromEntries(
  [...allOptions.values()].map(({ name, kind, short }) => [
    name,
    {
      type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
      ...(short === undefined ? {} : { short }),
    },
  ]),
)

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inline: boolean
}

/**
 * Reads the words behind `chainmail`. Options may stand before or behind the command and its arguments;
 * behind `--` everything is an argument.
 *
 * @throws Refusal `usage`
 */
export function parse(words: readonly string[]): Input {
  const own = parseOwnArguments(words)
  if (own !== undefined) return own
  const { options, positionals } = split(words)
  const [name] = positionals
  if (given(options, 'help'))
    return new Input(helpCommand, commonOnly(options), positionals.slice(0, isGroup(name) ? 2 : 1))
  if (name === undefined && given(options, 'version')) {
    return new Input(versionCommand, commonOnly(options), [])
  }
  // A mistyped option is told of first: the word behind it may be its value rather than a command.
  for (const option of options) known(option)
  if (name === undefined) throw wrongUsage('A command is missing.', 'chainmail help lists the commands.')
  const command = findCommand(positionals, commands, groups)
  const rest = positionals.slice(command.name.split(' ').length)
  return new Input(command, checkOptions(command, options), checkArguments(command, rest))
}

/** The words behind which the way to the firewall stands as the next word. */
const takesNext = new Set(accessOptions.flatMap(({ kind, name }) => (kind === 'value' ? [`--${name}`] : [])))

/** A call of a command that reads its own arguments; options for chainmail stand before the command's name. */
function parseOwnArguments(words: readonly string[]): Input | undefined {
  const at = words.findIndex((word, index) => !word.startsWith('-') && !takesNext.has(words[index - 1] ?? ''))
  const command = commands.find(
    ({ name, readsOwnArguments }) => readsOwnArguments === true && name === words[at],
  )
  if (command === undefined) return undefined
  const { options } = split(words.slice(0, at))
  if (given(options, 'help')) return undefined
  return new Input(command, checkOptions(command, options), words.slice(at + 1))
}

function isGroup(name: string | undefined): boolean {
  return groups.some((group) => group.name === name)
}

function split(words: readonly string[]): { options: OptionToken[]; positionals: string[] } {
  const { tokens } = parseArgs({ args: [...words], options: parserOptions, strict: false, tokens: true })
  const options: OptionToken[] = []
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind === 'option') {
      const { name, rawName, value, inlineValue } = token
      options.push({ name, rawName, value, inline: inlineValue === true })
    }
  }
  return { options, positionals }
}

function given(options: readonly OptionToken[], name: string): boolean {
  return options.some((option) => option.name === name)
}

/** Of the options beside --help or --version, only --json means something. */
function commonOnly(options: readonly OptionToken[]): ReadonlyMap<string, string> {
  return new Map(given(options, 'json') ? [['json', '']] : [])
}

function known({ name, rawName }: OptionToken): Option {
  const option = allOptions.get(name)
  if (option !== undefined) return option
  throw wrongUsage(`There is no option ${rawName}.`, didYouMean(name, [...allOptions.values()]))
}

function didYouMean(name: string, options: readonly Option[], command?: Command): string {
  const nearest = suggest(
    name,
    options.map((option) => option.name),
  )
  if (nearest !== undefined) return `Did you mean: --${nearest}`
  return command === undefined
    ? 'chainmail help lists the commands; chainmail help COMMAND their options.'
    : `chainmail help ${command.name} lists its options.`
}

function checkOptions(command: Command, tokens: readonly OptionToken[]): ReadonlyMap<string, string> {
  const own = optionsOf(command)
  const options = new Map<string, string>()
  for (const token of tokens) {
    const option = known(token)
    if (!own.some(({ name, kind }) => name === option.name && kind === option.kind)) {
      throw wrongUsage(
        `chainmail ${command.name} has no option ${token.rawName}.`,
        didYouMean(option.name, own, command),
      )
    }
    if (option.kind === 'value' && options.has(option.name)) {
      throw wrongUsage(`${token.rawName} is given twice.`)
    }
    options.set(option.name, valueGiven(option, token))
  }
  return options
}

function valueGiven(option: Option, { rawName, value, inline }: OptionToken): string {
  if (option.kind === 'flag') {
    if (value === undefined) return ''
    throw wrongUsage(`${rawName} takes no value.`)
  }
  if (value === undefined || (value.startsWith('-') && !inline)) {
    throw wrongUsage(
      `${rawName} needs a value: ${option.placeholder}, ${option.about}.`,
      value === undefined ? undefined : `A value that begins with a dash is written ${rawName}=${value}`,
    )
  }
  return value
}

function checkArguments(command: Command, words: readonly string[]): readonly string[] {
  const { name, arguments: expected } = command
  const missing = expected.slice(words.length).find(({ required }) => required)
  if (missing !== undefined) throw missingArgument(command, missing)
  const extra = words[expected.length]
  if (extra === undefined || expected.at(-1)?.repeats === true) return words
  throw wrongUsage(
    expected.length === 0
      ? `chainmail ${name} takes no argument, and got ${quoted(extra)}.`
      : `chainmail ${name} takes ${expected.map((argument) => argument.name).join(' ')} only, and got ${quoted(extra)} as well.`,
  )
}
