import type { Ban, ListedBan } from '../access/access.ts'
import { accessOptions, type Command } from '../command.ts'
import { bytes, count, duration } from '../terminal/quantity.ts'
import { type Column, table } from '../terminal/table.ts'

/** By how much they say: on a narrow terminal the last ones leave first. */
const columns: readonly Column<ListedBan>[] = [
  { heading: 'ADDRESS', cell: ({ address }) => address, leaves: 0 },
  { heading: 'SCOPE', cell: scopeText, leaves: 1 },
  { heading: 'LEFT', cell: left, leaves: 2 },
  { heading: 'PACKETS', cell: ({ packets }) => count(packets), align: 'right', leaves: 4 },
  { heading: 'BYTES', cell: (ban) => bytes(ban.bytes), align: 'right', leaves: 5 },
  { heading: 'BY', cell: ({ who }) => who ?? '', leaves: 6 },
  { heading: 'REASON', cell: ({ reason }) => reason ?? '', shrinksTo: 12, leaves: 3 },
]

/** What is kept away, where that is not everything. */
function scopeText({ scope }: ListedBan): string {
  return scope === undefined || scope === 'everything' ? '' : scope
}

function left({ expiresIn }: Ban): string {
  return expiresIn === undefined ? 'for ever' : duration(expiresIn)
}

export const bansCommand: Command = {
  name: 'bans',
  about: 'list the bans that the kernel holds',
  description: [
    'Lists every ban with what it keeps away where that is not everything, the time that is left of it, the packets and bytes that it dropped, who asked for it, and why.',
    'On a terminal long texts are cut to its width; into a pipe they are whole.',
  ],
  arguments: [],
  options: accessOptions,
  examples: [
    { command: 'chainmail bans', about: 'all of them' },
    { command: 'chainmail bans --json', about: 'with exact figures, for programs' },
  ],
  exits: { done: 'done; also when nothing is banned' },
  run: async (_input, session) => {
    const access = await session.access()
    const { document, value } = await access.bans()
    return {
      document,
      lines: (layout) => (value.length === 0 ? ['Nothing is banned.'] : table(filled(value), value, layout)),
    }
  },
}

/** Columns that are empty in every row say nothing. */
function filled(bans: readonly ListedBan[]): readonly Column<ListedBan>[] {
  return columns.filter(({ cell }) => bans.some((ban) => cell(ban) !== ''))
}
