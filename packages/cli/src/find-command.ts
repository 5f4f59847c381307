import { suggest } from 'chainmail/suggest'
import type { Command, CommandGroup } from './command.ts'
import { quoted, wrongUsage } from './refusal.ts'

/**
 * The command that the first one or two words name.
 *
 * @throws Refusal `usage`, with the name that is nearest
 */
export function findCommand(
  [first = '', second]: readonly string[],
  commands: readonly Command[],
  groups: readonly CommandGroup[],
): Command {
  const group = groups.find(({ name }) => name === first)
  if (group !== undefined) return findInGroup(group, second, commands)
  const command = commands.find(({ name }) => name === first)
  if (command !== undefined) return command
  const nearest = suggest(first, firstWords(commands))
  throw wrongUsage(
    `There is no command ${quoted(first)}.`,
    nearest === undefined ? 'chainmail help lists the commands.' : `Did you mean: chainmail ${nearest}`,
  )
}

function findInGroup(group: CommandGroup, second: string | undefined, commands: readonly Command[]): Command {
  const actions = actionsOf(group, commands)
  const command = commands.find(({ name }) => name === `${group.name} ${second}`)
  if (command !== undefined) return command
  const choices = `It is one of ${actions.join(', ')}.`
  if (second === undefined) throw wrongUsage(`chainmail ${group.name} needs to be told what to do.`, choices)
  const nearest = suggest(second, actions)
  throw wrongUsage(
    `There is no command ${quoted(`${group.name} ${second}`)}.`,
    nearest === undefined ? choices : `Did you mean: chainmail ${group.name} ${nearest}`,
  )
}

/** The second words of a group's commands. */
export function actionsOf(group: CommandGroup, commands: readonly Command[]): readonly string[] {
  return commandsOf(group, commands).map(({ name }) => name.slice(group.name.length + 1))
}

export function commandsOf({ name }: CommandGroup, commands: readonly Command[]): readonly Command[] {
  return commands.filter((command) => command.name.startsWith(`${name} `))
}

/** Commands and groups, each once, in the order of the help. */
export function firstWords(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))]
}
