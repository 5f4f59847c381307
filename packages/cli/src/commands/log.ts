import type { RevisionHead } from '../access/history.ts'
import { accessOptions, type Command } from '../command.ts'
import { text } from '../option.ts'
import { moment } from '../terminal/moment.ts'
import { type Column, table } from '../terminal/table.ts'
import { countOf, countOption } from './count.ts'
import { readRevision, summaryText } from './revision.ts'

const beforeOption = text({
  name: 'before',
  placeholder: 'REVISION',
  about: 'only revisions before this one',
})

const columns: readonly Column<RevisionHead>[] = [
  { heading: 'REVISION', cell: ({ number }) => String(number), align: 'right', leaves: 0 },
  { heading: 'TIME', cell: ({ time }) => moment(time), leaves: 4 },
  { heading: 'BY', cell: ({ who }) => who, leaves: 3 },
  { heading: 'DOOR', cell: ({ door }) => door, leaves: 5 },
  { heading: 'WHAT', cell: ({ what }) => what, leaves: 2 },
  { heading: 'CHANGES', cell: summaryText, shrinksTo: 16, leaves: 1 },
  { heading: 'WHY', cell: ({ why }) => why ?? '', shrinksTo: 12, leaves: 2 },
]

export const logCommand: Command = {
  name: 'log',
  about: 'list the changes that were made through the daemon',
  description: [
    'Lists the revisions, the newest first: when each was made, by whom and by which door, what it changed, and why. Everything that is changed through the daemon is one; of bans that one and the same asks for at the same moment, all are one together.',
    'The daemon keeps as many as its options --history-limit and --history-size say.',
  ],
  arguments: [],
  options: [countOption, beforeOption, ...accessOptions],
  examples: [
    { command: 'chainmail log', about: 'the latest ones' },
    { command: 'chainmail log --count 100 --before 250', about: 'older ones' },
  ],
  exits: { done: 'done; also when nothing was changed yet' },
  run: async (input, session) => {
    const count = countOf(input)
    const before = input.value(beforeOption)
    const { history } = await session.access()
    const { document, value } = await history.list(
      count,
      before === undefined ? undefined : readRevision(before),
    )
    return {
      document,
      lines: (layout) =>
        value.length === 0 ? ['Nothing was changed yet.'] : table(filled(value), value, layout),
    }
  },
}

/** Columns that are empty in every row say nothing. */
function filled(heads: readonly RevisionHead[]): readonly Column<RevisionHead>[] {
  return columns.filter(({ cell }) => heads.some((head) => cell(head) !== ''))
}
