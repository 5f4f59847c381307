import { accessOptions, type Command } from '../command.ts'
import { wrap } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import { revisionArgument, revisionOf, whyOption } from './revision.ts'

export const rollbackCommand: Command = {
  name: 'rollback',
  about: 'make what was changed since a revision as it was then',
  description: [
    'Undoes what was changed through the daemon after a revision: rules and sets, bans, the allowlist and what the rfw protocol was asked for. What other programs have changed since stays. It tells what it could not undo.',
    'A rollback is a revision itself, and can be rolled back. chainmail diff REVISION shows beforehand what it would undo.',
  ],
  arguments: [revisionArgument],
  options: [whyOption, forceOption, ...accessOptions],
  examples: [
    { command: 'chainmail rollback 17', about: 'everything as it was after revision 17' },
    { command: 'chainmail rollback 17 --why "the new rules drop DNS"', about: 'with a reason for the log' },
  ],
  exits: { refused: 'no such revision, the history does not go back so far, or the kernel refused' },
  run: async (input, session) => {
    const { history } = await session.access()
    const number = revisionOf(input, revisionArgument)
    const { document, value } = await history.rollback(number, input.value(whyOption), input.has(forceOption))
    const { revisions, left } = value
    const done =
      revisions.length === 0
        ? `Nothing had to be undone since revision ${number}.`
        : `All is as it was after revision ${number}; this is revision ${revisions.join(' and ')}.`
    return {
      document,
      lines: ({ columns }) => [done, ...left].flatMap((sentence) => wrap(sentence, columns)),
    }
  },
}
