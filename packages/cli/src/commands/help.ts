import { type Argument, type Command, optionsOf } from '../command.ts'
import { exitsOf } from '../exit-code.ts'
import { findCommand } from '../find-command.ts'
import { commandHelp, overviewHelp } from '../help.ts'

const commandArgument: Argument = {
  name: 'COMMAND',
  about: 'a command; without it, what there is',
  required: false,
  completes: 'commands',
}

/** @param commands all of them, this one too, once they exist */
export function helpCommandFor(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    about: 'explain a command',
    description: ['Explains a command: what it does, its options, examples and exit codes.'],
    arguments: [commandArgument],
    options: [],
    examples: [{ command: 'chainmail help ban', about: 'the same as chainmail ban --help' }],
    exits: {},
    run: async (input) => {
      const name = input.argument(commandArgument)
      if (name === undefined) {
        const document = { commands: commands().map(documentOf) }
        return { document, lines: (layout) => overviewHelp(commands(), layout) }
      }
      const command = findCommand(name, commands())
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
