import { type Argument, type Command, type CommandGroup, optionsOf } from '../command.ts'
import { exitsOf } from '../exit-code.ts'
import { commandsOf, findCommand } from '../find-command.ts'
import { commandHelp, groupHelp, overviewHelp } from '../help.ts'

const commandArgument: Argument = {
  name: 'COMMAND',
  about: 'a command; without it, what there is',
  required: false,
  completes: 'commands',
  repeats: true,
}

/** @param commands all of them, this one too, once they exist */
export function helpCommandFor(commands: () => readonly Command[], groups: readonly CommandGroup[]): Command {
  return {
    name: 'help',
    about: 'explain a command',
    description: ['Explains a command: what it does, its options, examples and exit codes.'],
    arguments: [commandArgument],
    options: [],
    examples: [{ command: 'chainmail help ban', about: 'the same as chainmail ban --help' }],
    exits: {},
    run: async (input) => {
      const words = input.all(commandArgument)
      const [first, second] = words
      if (first === undefined) {
        const document = { commands: commands().map(documentOf) }
        return { document, lines: (layout) => overviewHelp(commands(), groups, layout) }
      }
      const group = groups.find(({ name }) => name === first)
      if (group !== undefined && second === undefined) {
        const members = commandsOf(group, commands())
        const document = { ...group, commands: members.map(documentOf) }
        return { document, lines: (layout) => groupHelp(group, members, layout) }
      }
      const command = findCommand(words, commands(), groups)
      return { document: documentOf(command), lines: (layout) => commandHelp(command, layout) }
    },
  }
}

function documentOf(command: Command): unknown {
  const { name, about, description, examples } = command
  return {
    name,
    about,
    description,
    arguments: command.arguments,
    options: optionsOf(command),
    examples,
    exits: exitsOf(command),
  }
}
