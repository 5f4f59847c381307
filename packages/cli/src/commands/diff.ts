import { type Argument, accessOptions, type Command } from '../command.ts'
import { changeLines, readRevision, revisionArgument, revisionOf } from './revision.ts'

const otherArgument: Argument = {
  name: 'OTHER',
  about: 'a later revision; the latest if it is left out',
  required: false,
}

export const diffCommand: Command = {
  name: 'diff',
  about: 'show what has changed from one revision to another',
  description: [
    'Shows what the revisions behind the first one, up to the other, have changed together: + has come, - has gone. What one has done and a later one has undone does not show.',
  ],
  arguments: [revisionArgument, otherArgument],
  options: accessOptions,
  examples: [
    { command: 'chainmail diff 17', about: 'what has changed since revision 17' },
    { command: 'chainmail diff 17 23', about: 'from one to the other' },
  ],
  exits: { refused: 'no such revision, or the history does not go back so far' },
  run: async (input, session) => {
    const other = input.argument(otherArgument)
    const to = other === undefined ? undefined : readRevision(other)
    const { history } = await session.access()
    const { document, value } = await history.diff(revisionOf(input, revisionArgument), to)
    return {
      document,
      lines: (layout) => (value.length === 0 ? ['Nothing has changed.'] : changeLines(value, layout)),
    }
  },
}
