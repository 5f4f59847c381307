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
import { listFor, quoteForShell, wordsFor } from './shell.ts'

/** The completion of zsh, by _arguments and _describe; see zshcompsys(1). */
export function zshCompletion(
  commands: readonly Command[],
  groups: readonly CommandGroup[],
): readonly string[] {
  return [
    '#compdef chainmail',
    ...(['banned', 'sets'] as const).flatMap((completes) => [
      `_chainmail_${completes}() {`,
      '  local -a found',
      `  found=("\${(@f)$(${listFor({ completes })})}")`,
      '  compadd -a found',
      '}',
    ]),
    '_chainmail() {',
    '  local context state state_descr line',
    '  local -A opt_args',
    '  _arguments -C \\',
    ...[...commonOptions, versionOption].map((option) => `    ${optionSpecification(option)} \\`),
    "    '1:command:->command' \\",
    "    '*::argument:->argument'",
    '  case $state in',
    '    command)',
    '      local -a commands=(',
    ...[...commands.filter(({ name }) => !name.includes(' ')), ...groups].map(
      ({ name, about }) => `        ${quoteForShell(`${name}:${about}`)}`,
    ),
    '      )',
    "      _describe -t commands 'command' commands",
    '      ;;',
    '    argument)',
    // The two words of a command of a group become one, and what follows them its arguments.
    `      if [[ $words[1] == (${groups.map(({ name }) => name).join('|')}) ]] && (( CURRENT > 2 )); then`,
    '        words=("$words[1] $words[2]" "$words[3,-1][@]")',
    '        (( CURRENT-- ))',
    '      fi',
    '      case $words[1] in',
    ...groups.flatMap((group) => groupCase(group, commands)),
    ...commands.flatMap((command) => [
      `        ${quoteForShell(command.name)})`,
      '          _arguments \\',
      ...optionsOf(command).map((option) => `            ${optionSpecification(option)} \\`),
      ...command.arguments.map(
        (argument, index) => `            ${argumentSpecification(argument, index + 1, commands)} \\`,
      ),
      '            && return 0',
      '          ;;',
    ]),
    '      esac',
    '      ;;',
    '  esac',
    '}',
    'if [[ $funcstack[1] == _chainmail ]]; then _chainmail "$@"; else compdef _chainmail chainmail; fi',
  ]
}

function optionSpecification(option: Option): string {
  const about = `[${escapeDescription(option.about)}]`
  const value = option.kind === 'value' ? `:${option.placeholder}:${valueAction(option)}` : ''
  const { name, short } = option
  if (short === undefined) return quoteForShell(`--${name}${about}${value}`)
  return `'(-${short} --${name})'{-${short},--${name}}${quoteForShell(about + value)}`
}

function valueAction(option: Option): string {
  if (option.kind !== 'value') return ' '
  if (option.completes === 'file') return '_files'
  return option.choices === undefined ? ' ' : `(${option.choices.join(' ')})`
}

function groupCase(group: CommandGroup, commands: readonly Command[]): readonly string[] {
  const actions = actionsOf(group, commands)
  return [
    `        ${group.name})`,
    '          local -a actions=(',
    ...commandsOf(group, commands).map(
      ({ about }, index) => `            ${quoteForShell(`${actions[index]}:${about}`)}`,
    ),
    '          )',
    `          _describe -t actions '${group.name}' actions && return 0`,
    '          ;;',
  ]
}

function argumentSpecification(argument: Argument, position: number, commands: readonly Command[]): string {
  const action = argumentAction(argument, commands)
  if (argument.repeats === true) return quoteForShell(`*:${argument.name}:${action}`)
  return quoteForShell(`${position}${argument.required ? '' : ':'}:${argument.name}:${action}`)
}

function argumentAction(argument: Argument, commands: readonly Command[]): string {
  if (argument.completes === 'files') return '_files'
  if (listFor(argument) !== undefined) return `_chainmail_${argument.completes}`
  const words = wordsFor(argument, commands)
  return words.length === 0 ? ' ' : `(${words.join(' ')})`
}

/** What _arguments reads as the end of a description. */
function escapeDescription(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}
