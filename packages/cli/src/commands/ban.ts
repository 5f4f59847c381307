import { type Argument, accessOptions, type Command } from '../command.ts'
import { text } from '../option.ts'
import { duration } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'

const address: Argument = {
  name: 'ADDRESS',
  about: 'an IPv4 or IPv6 address, or a network such as 203.0.113.0/24',
  required: true,
}

const forOption = text({
  name: 'for',
  placeholder: 'DURATION',
  about: 'how long: 90s, 10m, 24h, 7d, 2w or a number of seconds',
  otherwise: 'until it is taken back',
})

const reasonOption = text({
  name: 'reason',
  placeholder: 'TEXT',
  about: 'why; kept with the ban and shown by chainmail bans',
})

export const banCommand: Command = {
  name: 'ban',
  about: 'drop every packet from an address or network',
  description: [
    'Drops every packet that comes from the address, in connections that are open already too, and on ports that Docker publishes. It returns when the kernel has the ban.',
    'A ban of an address that is banned already takes the place of the one before: its time begins anew.',
    'The daemon keeps bans over its restarts and over reboots. With --direct nobody does: a ban lasts until the machine restarts, at most 24 days if it has an end, and a daemon that starts later takes it away.',
  ],
  arguments: [address],
  options: [forOption, reasonOption, ...accessOptions],
  examples: [
    { command: 'chainmail ban 198.51.100.7', about: 'until it is taken back' },
    {
      command: 'chainmail ban 198.51.100.7 --for 10m --reason "brute force"',
      about: 'for ten minutes, with a reason',
    },
    { command: 'chainmail ban 2001:db8::/32 --for 7d', about: 'a whole network for a week' },
  ],
  exits: {
    done: 'the kernel has the ban',
    usage: 'wrong usage, such as an address or duration that cannot be read',
  },
  run: async (input, session) => {
    const access = await session.access()
    const { document, value } = await access.ban(input.required(address), {
      for: input.value(forOption),
      reason: input.value(reasonOption),
    })
    const length =
      value.expiresIn === undefined ? 'until it is taken back' : `for ${duration(value.expiresIn)}`
    const reason = value.reason === undefined || value.reason === '' ? '' : ` (${value.reason})`
    return { document, lines: () => [printable(`${value.address} is banned ${length}${reason}.`)] }
  },
}
