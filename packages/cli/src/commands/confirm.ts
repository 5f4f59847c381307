import { type Argument, accessOptions, type Command } from '../command.ts'

export const probationArgument: Argument = {
  name: 'ID',
  about:
    'which change, as the command has told it that made it; may be left out where only one is on probation',
  required: false,
}

export const confirmCommand: Command = {
  name: 'confirm',
  about: 'keep a change that is on probation',
  description: [
    'Keeps what a command with --confirm-within has changed, so that it is not taken back. Where it is too late, the change has been taken back, and the command says so.',
  ],
  arguments: [probationArgument],
  options: accessOptions,
  examples: [
    { command: 'chainmail confirm', about: 'the only change that is on probation' },
    { command: 'chainmail confirm k3f9x2', about: 'this one' },
  ],
  exits: { refused: 'the change was taken back, or there is none' },
  run: async (input, session) => {
    const { plans } = await session.access()
    const id = await plans.confirm(input.argument(probationArgument))
    return { document: { id, decision: 'confirmed' }, lines: () => [`The change ${id} stays.`] }
  },
}
