import type { RecentSighting } from '../access/recent.ts'
import { type Argument, accessOptions, type Command, type CommandGroup } from '../command.ts'
import { duration } from '../terminal/quantity.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

export const recentGroup: CommandGroup = {
  name: 'recent',
  about: 'look at and change the lists of the match recent',
  description: [
    'Rules with -m recent remember the addresses that they have seen, each rule in the list that it names. A list is there while a rule names it, and lives in the kernel alone.',
  ],
}

const name: Argument = {
  name: 'NAME',
  about: 'the list, as the rules spell it behind --name',
  required: true,
}

const address: Argument = { name: 'ADDRESS', about: 'an IPv4 or IPv6 address', required: true }

const noSuchList = 'there is no such list, or the daemon or the kernel refused'

const listCommand: Command = {
  name: 'recent list',
  about: 'list the names of the lists',
  description: ['Lists the names of the lists that rules with -m recent keep.'],
  arguments: [],
  options: accessOptions,
  examples: [{ command: 'chainmail recent list', about: 'all of them' }],
  exits: { done: 'done; also when there are no lists' },
  run: async (_input, session) => {
    const { document, value } = await (await session.access()).recent.list()
    const { names, limit } = value
    const room = limit === undefined ? [] : ['', `Each list holds up to ${limit} addresses.`]
    return {
      document,
      lines: () => (names.length === 0 ? ['No rule keeps a list.'] : [...names.map(printable), ...room]),
    }
  },
}

function columnsAt(now: number): readonly Column<RecentSighting>[] {
  return [
    { heading: 'ADDRESS', cell: ({ address }) => address, leaves: 0 },
    {
      heading: 'SEEN',
      cell: ({ lastSeen }) => `${duration((now - lastSeen.getTime()) / 1000)} ago`,
      leaves: 1,
    },
    { heading: 'TIMES', cell: ({ times }) => String(times), align: 'right', leaves: 2 },
    { heading: 'TTL', cell: ({ ttl }) => (ttl === 0 ? '' : String(ttl)), align: 'right', leaves: 3 },
  ]
}

const showCommand: Command = {
  name: 'recent show',
  about: 'show the addresses of a list, and when they were seen',
  description: [
    'Shows each address with the time since it was seen last, how often it was seen as far as the list remembers, and the time to live of the packet that was seen last. Who was seen last comes first.',
  ],
  arguments: [name],
  options: accessOptions,
  examples: [
    { command: 'chainmail recent show DEFAULT', about: 'the list of rules that name none' },
    { command: 'chainmail recent show knock --json', about: 'with each time, for programs' },
  ],
  exits: { refused: noSuchList },
  run: async (input, session) => {
    const { document, value } = await (await session.access()).recent.entries(input.required(name))
    const latest = value.toSorted((one, other) => other.lastSeen.getTime() - one.lastSeen.getTime())
    return {
      document,
      lines: (layout) =>
        latest.length === 0 ? ['The list is empty.'] : table(columnsAt(Date.now()), latest, layout),
    }
  },
}

const addCommand: Command = {
  name: 'recent add',
  about: 'put an address into a list',
  description: [
    'Puts the address in as if a packet of it had been seen now. A list that is full forgets the address that was not seen for the longest time.',
  ],
  arguments: [name, address],
  options: accessOptions,
  examples: [{ command: 'chainmail recent add knock 198.51.100.7', about: 'one address' }],
  exits: { done: 'the kernel has it', refused: noSuchList },
  run: async (input, session) => {
    const [list, wanted] = [input.required(name), input.required(address)]
    await (await session.access()).recent.add(list, wanted)
    return {
      document: { name: list, address: wanted, held: true },
      lines: () => [printable(`${wanted} is in ${list}.`)],
    }
  },
}

const deleteCommand: Command = {
  name: 'recent del',
  about: 'take an address out of a list',
  description: ['Takes the address out: the rules see it as one that they have never seen.'],
  arguments: [name, address],
  options: accessOptions,
  examples: [{ command: 'chainmail recent del knock 198.51.100.7', about: 'one address' }],
  exits: { done: 'the address is gone', refused: 'it is not there, or the daemon or the kernel refused' },
  run: async (input, session) => {
    const [list, wanted] = [input.required(name), input.required(address)]
    await (await session.access()).recent.delete(list, wanted)
    return {
      document: { name: list, address: wanted, held: false },
      lines: () => [printable(`${wanted} is no longer in ${list}.`)],
    }
  },
}

const flushCommand: Command = {
  name: 'recent flush',
  about: 'take all addresses out of a list',
  description: ['Takes all addresses out of the list.'],
  arguments: [name],
  options: accessOptions,
  examples: [{ command: 'chainmail recent flush knock', about: 'one list' }],
  exits: { done: 'the list is empty', refused: noSuchList },
  run: async (input, session) => {
    const list = input.required(name)
    await (await session.access()).recent.flush(list)
    return { document: { name: list, flushed: true }, lines: () => [printable(`${list} is empty.`)] }
  },
}

export const recentCommands: readonly Command[] = [
  listCommand,
  showCommand,
  addCommand,
  deleteCommand,
  flushCommand,
]
