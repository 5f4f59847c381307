import { accessOptions, type Command } from '../command.ts'
import { probationArgument } from './confirm.ts'

export const revertCommand: Command = {
  name: 'revert',
  about: 'take a change back that is on probation',
  description: [
    'Takes back at once what a command with --confirm-within has changed: rules, sets, bans. What other programs have done to the same chains and sets meanwhile stays. A change whose guard was killed, or that could not be taken back as a whole, is taken back too.',
  ],
  arguments: [probationArgument],
  options: accessOptions,
  examples: [
    { command: 'chainmail revert', about: 'the only change that is on probation' },
    { command: 'chainmail revert k3f9x2', about: 'this one' },
  ],
  exits: { refused: 'the change was confirmed, there is none, or the kernel refused' },
  run: async (input, session) => {
    const { plans } = await session.access()
    const { document, id, left } = await plans.revert(input.argument(probationArgument))
    return { document, lines: () => [`The change ${id} was taken back.`, ...left] }
  },
}
