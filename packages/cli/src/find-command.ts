import type { Command } from './command.ts'
import { quoted, wrongUsage } from './refusal.ts'
import { suggest } from './suggest.ts'

/** @throws Refusal `usage`, with the name that is nearest */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command !== undefined) return command
  const nearest = suggest(
    name,
    commands.map((candidate) => candidate.name),
  )
  throw wrongUsage(
    `There is no command ${quoted(name)}.`,
    nearest === undefined ? 'chainmail help lists the commands.' : `Did you mean: chainmail ${nearest}`,
  )
}
