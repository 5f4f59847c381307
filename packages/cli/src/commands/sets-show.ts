import type { SetEntry } from 'chainmail'
import { isOwnedSet } from '../access/ownership.ts'
import type { SetFacts } from '../access/sets.ts'
import { type Argument, accessOptions, type Command } from '../command.ts'
import { bytes, count, duration, plural } from '../terminal/quantity.ts'
import { type Column, type TableLayout, table } from '../terminal/table.ts'
import { ellipsize, printable } from '../terminal/text.ts'
import { nameArgument } from './set-name.ts'

const setColumns: readonly Column<SetFacts>[] = [
  { heading: 'NAME', cell: ({ name }) => name, leaves: 0 },
  { heading: 'TYPE', cell: ({ type }) => type, leaves: 1 },
  { heading: 'ENTRIES', cell: ({ entries }) => String(entries), align: 'right', leaves: 2 },
  { heading: 'USED', cell: ({ references }) => String(references), align: 'right', leaves: 3 },
  { heading: 'MEMORY', cell: ({ memory }) => bytes(memory), align: 'right', leaves: 5 },
  { heading: 'OPTIONS', cell: (set) => optionWords(set).join(' '), shrinksTo: 12, leaves: 4 },
  { heading: '', cell: ({ name }) => (isOwnedSet(name) ? '*' : ''), leaves: 6 },
]

/** Options that the kernel chose by itself, which say nothing of what the set is for. */
const chosenByKernel: ReadonlySet<string> = new Set(['hashsize', 'bucketsize', 'initval'])

function optionWords({ options }: SetFacts): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (chosenByKernel.has(name) || value === false) return []
    return value === true ? [name] : [`${name} ${value}`]
  })
}

export const listCommand: Command = {
  name: 'sets list',
  about: 'list the sets with their types and sizes',
  description: [
    'Lists the sets of every program: what they hold, how many rules and lists use them, how much memory of the kernel they take, and what they were created with. A * marks those that chainmail keeps for itself.',
  ],
  arguments: [],
  options: accessOptions,
  examples: [
    { command: 'chainmail sets list', about: 'all of them' },
    { command: 'chainmail sets list --json', about: 'with every option, for programs' },
  ],
  exits: { done: 'done; also when there are no sets' },
  run: async (_input, session) => {
    const { document, value } = await (await session.access()).sets.list()
    return {
      document,
      lines: (layout) => (value.length === 0 ? ['There are no sets.'] : setLines(value, layout)),
    }
  },
}

function setLines(sets: readonly SetFacts[], layout: TableLayout): readonly string[] {
  const owned = sets.some(({ name }) => isOwnedSet(name))
  const lines = table(owned ? setColumns : setColumns.slice(0, -1), sets, layout)
  return owned ? [...lines, '', layout.style.dim(ellipsize('* made by chainmail', layout.columns))] : lines
}

const entryColumns: readonly Column<SetEntry>[] = [
  { heading: 'ENTRY', cell: ({ element }) => element, leaves: 0 },
  { heading: 'LEFT', cell: left, leaves: 1 },
  {
    heading: 'PACKETS',
    cell: ({ packets }) => (packets === undefined ? '' : count(packets)),
    align: 'right',
    leaves: 3,
  },
  {
    heading: 'BYTES',
    cell: (entry) => (entry.bytes === undefined ? '' : bytes(entry.bytes)),
    align: 'right',
    leaves: 4,
  },
  { heading: 'OPTIONS', cell: otherOptions, shrinksTo: 8, leaves: 5 },
  { heading: 'COMMENT', cell: ({ comment }) => comment ?? '', shrinksTo: 12, leaves: 2 },
]

function left({ timeout }: SetEntry): string {
  if (timeout === undefined) return ''
  return timeout === 0 ? 'for ever' : duration(timeout)
}

function otherOptions({ nomatch, wildcard, skbmark, skbprio, skbqueue }: SetEntry): string {
  return [
    ...(nomatch === true ? ['nomatch'] : []),
    ...(wildcard === true ? ['wildcard'] : []),
    ...(skbmark === undefined ? [] : [`skbmark ${skbmark}`]),
    ...(skbprio === undefined ? [] : [`skbprio ${skbprio}`]),
    ...(skbqueue === undefined ? [] : [`skbqueue ${skbqueue}`]),
  ].join(' ')
}

export const showCommand: Command = {
  name: 'sets show',
  about: 'show the entries of a set',
  description: [
    'Shows what a set is and each of its entries, with the time that is left, what it has counted, and its comment, as far as the set was created with them.',
    'The kernel keeps entries in no order. chainmail sets save is the way to keep a set in a file.',
  ],
  arguments: [nameArgument],
  options: accessOptions,
  examples: [
    { command: 'chainmail sets show customers', about: 'one set' },
    { command: 'chainmail sets show customers --json', about: 'with exact figures, for programs' },
  ],
  exits: { refused: 'there is no such set, or the daemon or the kernel refused' },
  run: async (input, session) => {
    const { sets } = await session.access()
    const { document, value } = await sets.describe(input.required(nameArgument))
    const entries: SetEntry[] = []
    for await (const entry of sets.entries(value.name)) entries.push(entry)
    return {
      document: { ...(typeof document === 'object' ? document : {}), entries },
      lines: (layout) => [...headingLines(value, entries.length, layout), ...entryLines(entries, layout)],
    }
  },
}

function headingLines(set: SetFacts, entries: number, layout: TableLayout): readonly string[] {
  const facts = [
    set.type,
    ...optionWords(set),
    entries === 0 ? 'no entries' : entries === 1 ? '1 entry' : `${entries} entries`,
    set.references === 0 ? 'not used' : `used by ${plural(set.references, 'rule')} or lists`,
  ]
  const title = ellipsize(printable(set.name), layout.columns)
  const rest = ellipsize(printable(`  ${facts.join(', ')}`), layout.columns - title.length)
  return [layout.style.bold(title) + layout.style.dim(rest)]
}

function entryLines(entries: readonly SetEntry[], layout: TableLayout): readonly string[] {
  const shown = entryColumns.filter(({ cell }) => entries.some((entry) => cell(entry) !== ''))
  return entries.length === 0 ? [] : table(shown, entries, layout)
}

const elementArgument: Argument = {
  name: 'ENTRY',
  about: 'such as 192.0.2.7, 192.0.2.0/24 or 192.0.2.7,tcp:80, as the type of the set wants it',
  required: true,
  repeats: true,
}

export const testCommand: Command = {
  name: 'sets test',
  about: 'tell whether a set holds entries',
  description: [
    'Tells of each entry whether a packet would match it: in a set of networks an address is held by the network around it.',
  ],
  arguments: [nameArgument, elementArgument],
  options: accessOptions,
  examples: [{ command: 'chainmail sets test customers 192.0.2.7', about: 'the exit code tells, too' }],
  exits: { done: 'all of them are in the set', refused: 'one of them is not, or there is no such set' },
  run: async (input, session) => {
    const { sets } = await session.access()
    const name = input.required(nameArgument)
    const results: { readonly element: string; readonly held: boolean }[] = []
    for (const element of input.all(elementArgument))
      results.push({ element, held: await sets.test(name, element) })
    return {
      document: { set: name, results },
      ends: results.every(({ held }) => held) ? 'done' : 'refused',
      lines: () =>
        results.map(({ element, held }) => printable(`${element} is ${held ? '' : 'not '}in ${name}.`)),
    }
  },
}
