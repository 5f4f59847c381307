import { type Argument, accessOptions, type Command } from '../command.ts'
import { flag, text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import { duration } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'
import { scopeOption } from './ban-scope.ts'
import { listOptions } from './list-input.ts'
import { changeMany } from './many.ts'
import { answerTo, confirmWithinOption, conversation, onHangupOption } from './probation.ts'

const address: Argument = {
  name: 'ADDRESS',
  about:
    'an IPv4 or IPv6 address, a network such as 203.0.113.0/24, or a range such as 192.0.2.1-192.0.2.9; - for a list of them from standard input',
  required: true,
}

const forOption = text({
  name: 'for',
  placeholder: 'DURATION',
  about: 'how long: 90s, 10m, 24h, 7d, 2w or a number of seconds',
  otherwise: 'until it is taken back',
})

export const reasonOption = text({
  name: 'reason',
  placeholder: 'TEXT',
  about: 'why; kept with it and shown in the list',
})

const exceptAllowedOption = flag({
  name: 'except-allowed',
  about: 'ban a network that holds allowed addresses without these; otherwise such a ban is refused',
})

export const banCommand: Command = {
  name: 'ban',
  about: 'drop every packet from an address or network',
  description: [
    'Drops every packet that comes from the address, in connections that are open already too, and on ports that Docker publishes. It returns when the kernel has the ban.',
    'Nothing bans what chainmail allow list shows: this host itself, its gateways and name servers, and what was added. With - the list comes from standard input: an address, network or range a line, a table in CSV, JSON lines or what ipset save prints. One that is refused does not stop the others.',
    'A ban of an address that is banned already takes the place of the one before: its time begins anew.',
    'With --confirm-within the ban is on probation: unless it is confirmed in time, all is as it was before, whatever happens to the daemon, this command and its terminal.',
    'The daemon keeps bans over its restarts and over reboots. With --direct nobody does: a ban lasts until the machine restarts, at most 24 days if it has an end, and a daemon that starts later takes it away.',
  ],
  arguments: [address],
  options: [
    forOption,
    reasonOption,
    scopeOption,
    exceptAllowedOption,
    confirmWithinOption,
    onHangupOption,
    ...listOptions,
    ...accessOptions,
  ],
  examples: [
    { command: 'chainmail ban 198.51.100.7', about: 'until it is taken back' },
    {
      command: 'chainmail ban 198.51.100.7 --for 10m --reason "brute force"',
      about: 'for ten minutes, with a reason',
    },
    { command: 'chainmail ban 2001:db8::/32 --for 7d', about: 'a whole network for a week' },
    { command: 'chainmail ban 192.0.2.7 --scope tcp:22', about: 'from the port of ssh alone' },
    {
      command: 'chainmail ban 203.0.113.0/24 --confirm-within 60s',
      about: 'taken back after a minute unless you keep it',
    },
    { command: 'curl -s example.org/list | chainmail ban - --for 1d', about: 'a list' },
  ],
  exits: {
    done: 'the kernel has the ban, or all bans of the list',
    refused:
      'it is allowed and cannot be banned, or the daemon or the kernel refused; of a list, one of them',
    usage: 'wrong usage, such as an address or duration that cannot be read',
  },
  run: async (input, session) => {
    const access = await session.access()
    const options = {
      for: input.value(forOption),
      reason: input.value(reasonOption),
      scope: input.value(scopeOption),
      exceptAllowed: input.has(exceptAllowedOption) ? true : undefined,
    }
    const wanted = input.required(address)
    const confirmWithin = input.value(confirmWithinOption)
    if (wanted === '-' && confirmWithin !== undefined)
      throw wrongUsage('A list cannot be banned on probation: --confirm-within is for a single ban.')
    if (wanted === '-')
      return changeMany(input, session, {
        doing: 'banning',
        done: 'banned',
        change: (addresses) => access.banMany(addresses, options),
      })
    using dialogue = conversation(input, session)
    const made = await access.ban(wanted, { ...options, confirmWithin })
    const { value } = made
    const length =
      value.expiresIn === undefined ? 'until it is taken back' : `for ${duration(value.expiresIn)}`
    const reason = value.reason === undefined || value.reason === '' ? '' : ` (${value.reason})`
    const told = printable(`${value.address} is banned ${length}${reason}.`)
    return await answerTo(made, told, dialogue, access.plans, input)
  },
}
