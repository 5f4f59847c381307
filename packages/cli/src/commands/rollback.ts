import { accessOptions, type Command } from '../command.ts'
import { wrap } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import { confirmWithinOption, conversation, decide, onHangupOption, pendingText } from './probation.ts'
import { revisionArgument, revisionOf, whyOption } from './revision.ts'

export const rollbackCommand: Command = {
  name: 'rollback',
  about: 'make what was changed since a revision as it was then',
  description: [
    'Undoes what was changed through the daemon after a revision: rules and sets, bans, the allowlist and what the rfw protocol was asked for. What other programs have changed since stays. It tells what it could not undo.',
    'With --confirm-within the rollback is on probation: unless it is confirmed in time, it is taken back itself.',
    'A rollback is a revision itself, and can be rolled back. chainmail diff REVISION shows beforehand what it would undo.',
  ],
  arguments: [revisionArgument],
  options: [confirmWithinOption, onHangupOption, whyOption, forceOption, ...accessOptions],
  examples: [
    { command: 'chainmail rollback 17', about: 'everything as it was after revision 17' },
    { command: 'chainmail rollback 17 --confirm-within 60s', about: 'taken back itself unless you keep it' },
    { command: 'chainmail rollback 17 --why "the new rules drop DNS"', about: 'with a reason for the log' },
  ],
  exits: { refused: 'no such revision, the history does not go back so far, or the kernel refused' },
  run: async (input, session) => {
    const { history, plans } = await session.access()
    const number = revisionOf(input, revisionArgument)
    using dialogue = conversation(input, session)
    const made = await history.rollback(number, {
      why: input.value(whyOption),
      force: input.has(forceOption),
      confirmWithin: input.value(confirmWithinOption),
      sender: session.sender(),
    })
    const { revisions, left } = made.value
    const done =
      revisions.length === 0
        ? `Nothing had to be undone since revision ${number}.`
        : `All is as it was after revision ${number}; this is revision ${revisions.join(' and ')}.`
    const { document, probation } = made
    if (dialogue !== undefined && probation !== undefined) {
      dialogue.write(`${[done, ...left].join('\n')}\n`)
      return await decide(dialogue, plans, probation, input)
    }
    const pending = probation === undefined ? [] : [`It is on probation: ${pendingText(probation, input)}`]
    return {
      document,
      lines: ({ columns }) => [done, ...left, ...pending].flatMap((sentence) => wrap(sentence, columns)),
    }
  },
}
