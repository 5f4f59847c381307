import { type Argument, type Command, commonOptions, optionsOf, versionOption } from '../command.ts'
import type { Option } from '../option.ts'
import { listBanned, quoteForShell, wordsFor } from './shell.ts'

/** The completion of zsh, by _arguments and _describe; see zshcompsys(1). */
export function zshCompletion(commands: readonly Command[]): readonly string[] {
  return [
    '#compdef chainmail',
    '_chainmail_banned() {',
    '  local -a banned',
    `  banned=("\${(@f)$(${listBanned})}")`,
    '  compadd -a banned',
    '}',
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
    ...commands.map(({ name, about }) => `        ${quoteForShell(`${name}:${about}`)}`),
    '      )',
    "      _describe -t commands 'command' commands",
    '      ;;',
    '    argument)',
    '      case $words[1] in',
    ...commands.flatMap((command) => [
      `        ${command.name})`,
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

function argumentSpecification(argument: Argument, position: number, commands: readonly Command[]): string {
  const action = argumentAction(argument, commands)
  return quoteForShell(`${position}${argument.required ? '' : ':'}:${argument.name}:${action}`)
}

function argumentAction(argument: Argument, commands: readonly Command[]): string {
  if (argument.completes === 'files') return '_files'
  const words = wordsFor(argument, commands)
  if (words === undefined) return '_chainmail_banned'
  return words.length === 0 ? ' ' : `(${words.join(' ')})`
}

/** What _arguments reads as the end of a description. */
function escapeDescription(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}
