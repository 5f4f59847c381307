import type { Allowed } from '../access/access.ts'
import { type Argument, accessOptions, type Command, type CommandGroup } from '../command.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { reasonOption } from './ban.ts'

export const allowGroup: CommandGroup = {
  name: 'allow',
  about: 'keep the list of addresses that nothing may ban',
  description: [
    'The allowlist holds addresses and networks that no ban may hit: a ban that overlaps it is refused, or made without them with chainmail ban --except-allowed. This host itself, its gateways and its name servers are allowed by default.',
    'It does not let anything through that a rule drops.',
  ],
}

const address: Argument = {
  name: 'ADDRESS',
  about: 'an IPv4 or IPv6 address, a network such as 203.0.113.0/24, or a range',
  required: true,
}

const addCommand: Command = {
  name: 'allow add',
  about: 'let nothing ban an address or network',
  description: [
    'Adds an entry to the allowlist. Bans of the address that are there give way: those inside the network are taken back, wider ones leave it out.',
  ],
  arguments: [address],
  options: [reasonOption, ...accessOptions],
  examples: [
    { command: 'chainmail allow add 203.0.113.7 --reason "the office"', about: 'an address' },
    { command: 'chainmail allow add 2001:db8::/32', about: 'a network' },
  ],
  exits: { done: 'nothing bans it from now on' },
  run: async (input, session) => {
    const wanted = input.required(address)
    const reason = input.value(reasonOption)
    await (await session.access()).allow(wanted, reason)
    return {
      document: { address: wanted, allowed: true, reason },
      lines: () => [printable(`Nothing may ban ${wanted}.`)],
    }
  },
}

const deleteCommand: Command = {
  name: 'allow del',
  about: 'take an entry out of the allowlist',
  description: [
    'Takes out exactly this entry. Wider bans that left it out hold it again. What is allowed by default cannot be taken out.',
  ],
  arguments: [address],
  options: accessOptions,
  examples: [{ command: 'chainmail allow del 203.0.113.7', about: 'an address' }],
  exits: {
    done: 'the entry is gone',
    refused: 'there is no such entry, or the daemon or the kernel refused',
  },
  run: async (input, session) => {
    const wanted = input.required(address)
    await (await session.access()).disallow(wanted)
    return {
      document: { address: wanted, allowed: false },
      lines: () => [printable(`${wanted} can be banned.`)],
    }
  },
}

const columns: readonly Column<Allowed>[] = [
  { heading: 'ADDRESS', cell: ({ address }) => address, leaves: 0 },
  { heading: 'ADDED', cell: ({ origin }) => (origin === 'default' ? 'by default' : 'by hand'), leaves: 2 },
  { heading: 'REASON', cell: ({ reason }) => reason ?? '', shrinksTo: 12, leaves: 1 },
]

const listCommand: Command = {
  name: 'allow list',
  about: 'list what nothing may ban',
  description: ['Lists the addresses and networks that nothing may ban, those of this host itself included.'],
  arguments: [],
  options: accessOptions,
  examples: [{ command: 'chainmail allow list', about: 'all of them' }],
  exits: {},
  run: async (_input, session) => {
    const { document, value } = await (await session.access()).allowed()
    return {
      document,
      lines: (layout) => (value.length === 0 ? ['Everything can be banned.'] : table(columns, value, layout)),
    }
  },
}

export const allowCommands: readonly Command[] = [addCommand, deleteCommand, listCommand]
