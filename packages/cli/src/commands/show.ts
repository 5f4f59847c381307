import { accessOptions, type Command } from '../command.ts'
import { flag } from '../option.ts'
import { wrap } from '../terminal/text.ts'
import { changeLines, headText, revisionArgument, revisionOf } from './revision.ts'

const verifyOption = flag({
  name: 'verify',
  about: 'read the kernel and say whether what the revision has made is still so',
})

export const showCommand: Command = {
  name: 'show',
  about: 'show what a revision has changed',
  description: [
    'Shows who made a change, when and why, and what it was: + has come, - has gone. Rules that were there before and after stand around those of a chain.',
    'With --verify the kernel is asked whether it is still so; the command ends with 1 where it is not.',
  ],
  arguments: [revisionArgument],
  options: [verifyOption, ...accessOptions],
  examples: [
    { command: 'chainmail show 17', about: 'what revision 17 has changed' },
    { command: 'chainmail show 17 --verify', about: 'whether that is still so' },
  ],
  exits: { refused: 'no such revision; with --verify also: it is no longer so' },
  run: async (input, session) => {
    const number = revisionOf(input, revisionArgument)
    const { history } = await session.access()
    if (input.has(verifyOption)) {
      const { document, value } = await history.verify(number)
      const lines = value.holds ? [`What revision ${number} has made is so.`] : value.differences
      return {
        document,
        lines: ({ columns }) => lines.flatMap((line) => wrap(line, columns)),
        ends: value.holds ? 'done' : 'refused',
      }
    }
    const { document, value } = await history.show(number)
    return {
      document,
      lines: (layout) => [
        layout.style.bold(headText(value)),
        ...(value.changes.length === 0 ? [] : ['', ...changeLines(value.changes, layout)]),
        ...(value.repaired.length === 0 ? [] : ['', 'What others had done:', ...value.repaired]),
        ...value.irreversible.flatMap((sentence) => ['', ...wrap(sentence, layout.columns)]),
      ],
    }
  },
}
