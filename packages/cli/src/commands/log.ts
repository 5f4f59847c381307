import type { RevisionHead } from '../access/history.ts'
import { accessOptions, type Command } from '../command.ts'
import { text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import { moment } from '../terminal/moment.ts'
import { type Column, table } from '../terminal/table.ts'
import { readRevision, summaryText } from './revision.ts'

const DEFAULT_COUNT = 20

const countOption = text({
  name: 'count',
  short: 'n',
  placeholder: 'NUMBER',
  about: 'how many revisions are shown, at most 1000',
  otherwise: String(DEFAULT_COUNT),
})

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
    const count = input.value(countOption) ?? String(DEFAULT_COUNT)
    if (!/^[1-9]\d{0,3}$/.test(count)) throw wrongUsage('--count is a number from 1 to 1000.')
    const before = input.value(beforeOption)
    const { history } = await session.access()
    const { document, value } = await history.list(
      Math.min(Number(count), 1_000),
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
