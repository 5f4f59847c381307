import {
  type Argument,
  type Command,
  type CommandGroup,
  commonOptions,
  optionsOf,
  versionOption,
} from '../command.ts'
import { actionsOf, firstWords } from '../find-command.ts'
import type { Option } from '../option.ts'
import { listFor, wordsFor } from './shell.ts'

/**
 * The completion of bash(1). It reads COMP_LINE instead of COMP_WORDS, which bash cuts at the colons of IPv6
 * addresses, and never hands candidates to `compgen -W`, which would expand what they hold.
 */
export function bashCompletion(
  commands: readonly Command[],
  groups: readonly CommandGroup[],
): readonly string[] {
  const options = [...new Map(commands.flatMap(optionsOf).map((option) => [option.name, option])).values()]
  const withValue = options.filter(({ kind }) => kind === 'value')
  const cases = [
    ...withValue.map((option) => `    ${spellings(option).join(' | ')}) ${valueCompletion(option)} ;;`),
    '    *) case $command,$position,$word in',
    `      ,*,-*) candidates=${oneALine([...commonOptions, versionOption].map(long))} ;;`,
    `      ,*) candidates=${oneALine(firstWords(commands))} ;;`,
    ...groups.map((group) => `      ${group.name},*) candidates=${oneALine(actionsOf(group, commands))} ;;`),
    ...commands.flatMap((command) => [
      `      ${pattern(command)},*,-*) candidates=${oneALine(optionsOf(command).map(long))} ;;`,
      ...command.arguments.map((argument, index) => {
        const position = argument.repeats === true ? '*' : index
        return `      ${pattern(command)},${position},*) ${argumentCompletion(argument, commands)} ;;`
      }),
    ]),
    '    esac ;;',
  ]
  return `# chainmail completion for bash
_chainmail() {
  local line=\${COMP_LINE:0:COMP_POINT} command= position=0 skip= each candidates=
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local count=\${#words[@]}
  local word=\${words[count - 1]} previous=\${words[count - 2]}
  for each in "\${words[@]:1:count - 2}"; do
    if [[ $skip ]]; then skip=; continue; fi
    case $each in
      ${withValue.flatMap(spellings).join(' | ')}) skip=1 ;;
      -*) ;;
      *) case $command in
        '') command=$each ;;
        ${groups.map(({ name }) => name).join(' | ')}) command="$command $each" ;;
        *) position=$((position + 1)) ;;
      esac ;;
    esac
  done
  COMPREPLY=()
  case $previous in
${cases.join('\n')}
  esac
  # bash has cut the word at its colons: what stands before the last one is on the line already.
  while IFS= read -r each; do
    [[ -n $each && $each == "$word"* ]] && COMPREPLY+=("\${each#"\${word%"\${word##*:}"}"}")
  done <<< "$candidates"
}
complete -F _chainmail chainmail`.split('\n')
}

/** The words of a command as a pattern of case. */
function pattern({ name }: Command): string {
  return name.replace(' ', '\\ ')
}

function long({ name }: Option): string {
  return `--${name}`
}

function spellings(option: Option): readonly string[] {
  return option.short === undefined ? [long(option)] : [long(option), `-${option.short}`]
}

function valueCompletion(option: Option): string {
  if (option.kind !== 'value') return 'return'
  if (option.completes === 'file') return 'compopt -o default; return'
  return option.choices === undefined ? 'return' : `candidates=${oneALine(option.choices)}`
}

function argumentCompletion(argument: Argument, commands: readonly Command[]): string {
  if (argument.completes === 'files') return 'compopt -o default; return'
  const list = listFor(argument)
  return `candidates=${list === undefined ? oneALine(wordsFor(argument, commands)) : `$(${list})`}`
}

function oneALine(words: readonly string[]): string {
  return words.length === 0 ? '' : `$'${words.join('\\n')}'`
}
