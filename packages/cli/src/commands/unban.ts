import { type Argument, accessOptions, type Command } from '../command.ts'
import { printable } from '../terminal/text.ts'
import { scopeOption } from './ban-scope.ts'
import { listOptions } from './list-input.ts'
import { changeMany } from './many.ts'

const address: Argument = {
  name: 'ADDRESS',
  about:
    'an address, network or range that is banned, by itself or inside a network; - for a list of them from standard input',
  required: true,
  completes: 'banned',
}

export const unbanCommand: Command = {
  name: 'unban',
  about: 'take a ban back',
  description: [
    'Takes back the ban of this address or network; bans of addresses inside of it stay.',
    'An address inside a banned network is exempt from then on, as long as the ban of the network lasts: the rest of the network stays banned.',
  ],
  arguments: [address],
  options: [scopeOption, ...listOptions, ...accessOptions],
  examples: [
    { command: 'chainmail unban 198.51.100.7', about: 'packets from there pass again' },
    { command: 'chainmail unban 203.0.113.0/24', about: 'a network' },
    { command: 'chainmail unban 203.0.113.9', about: 'one address of a network that stays banned' },
    { command: 'cat list.txt | chainmail unban -', about: 'every address of a list' },
  ],
  exits: {
    done: 'the kernel drops nothing from there any more',
    refused: 'it is not banned, or the daemon or the kernel refused',
  },
  run: async (input, session) => {
    const access = await session.access()
    const wanted = input.required(address)
    const options = { scope: input.value(scopeOption) }
    if (wanted === '-')
      return changeMany(input, session, {
        doing: 'unbanning',
        done: 'unbanned',
        change: (addresses) => access.unbanMany(addresses, options),
      })
    await access.unban(wanted, options)
    return {
      document: { address: wanted, banned: false },
      lines: () => [printable(`${wanted} is no longer banned.`)],
    }
  },
}
