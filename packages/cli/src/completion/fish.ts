import {
  type Argument,
  type Command,
  type CommandGroup,
  commonOptions,
  optionsOf,
  versionOption,
} from '../command.ts'
import { actionsOf, commandsOf } from '../find-command.ts'
import type { Option } from '../option.ts'
import { listFor, wordsFor } from './shell.ts'

/** The completion of fish; see complete(1) of fish. */
export function fishCompletion(
  commands: readonly Command[],
  groups: readonly CommandGroup[],
): readonly string[] {
  const noCommand = '__fish_use_subcommand'
  return [
    '# chainmail completion for fish',
    'complete -c chainmail -f',
    ...[...commonOptions, versionOption].map((option) => optionLine(option, noCommand)),
    ...[...commands.filter(({ name }) => !name.includes(' ')), ...groups].map(
      ({ name, about }) => `complete -c chainmail -n ${noCommand} -a ${name} -d ${quote(about)}`,
    ),
    ...groups.flatMap((group) => groupLines(group, commands)),
    ...commands.flatMap((command) => {
      const condition = command.name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ')
      return [
        ...optionsOf(command)
          .filter((option) => !commonOptions.includes(option))
          .map((option) => optionLine(option, condition)),
        ...command.arguments.flatMap((argument) => argumentLine(argument, condition, commands)),
      ]
    }),
    ...commonOptions.map((option) => optionLine(option, `not ${noCommand}`)),
  ]
}

function groupLines(group: CommandGroup, commands: readonly Command[]): readonly string[] {
  const actions = actionsOf(group, commands)
  const condition = `__fish_seen_subcommand_from ${group.name}; and not __fish_seen_subcommand_from ${actions.join(' ')}`
  return commandsOf(group, commands).map(
    ({ about }, index) =>
      `complete -c chainmail -n ${quote(condition)} -a ${actions[index]} -d ${quote(about)}`,
  )
}

function optionLine(option: Option, condition: string): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  return `complete -c chainmail -n ${quote(condition)} -l ${option.name}${short}${value(option)} -d ${quote(option.about)}`
}

function value(option: Option): string {
  if (option.kind === 'flag') return ''
  if (option.completes === 'file') return ' -r -F'
  return option.choices === undefined ? ' -x' : ` -x -a ${quote(option.choices.join(' '))}`
}

function argumentLine(
  argument: Argument,
  condition: string,
  commands: readonly Command[],
): readonly string[] {
  if (argument.completes === 'files') return [`complete -c chainmail -n ${quote(condition)} -F`]
  const list = listFor(argument)
  const words = wordsFor(argument, commands)
  if (list === undefined && words.length === 0) return []
  // fish sets a variable for one command through env(1).
  const candidates = list === undefined ? words.join(' ') : `(env ${list})`
  return [`complete -c chainmail -n ${quote(condition)} -a ${quote(candidates)} -d ${quote(argument.name)}`]
}

/** Within single quotes fish knows the escapes of a quotation mark and of a backslash. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
