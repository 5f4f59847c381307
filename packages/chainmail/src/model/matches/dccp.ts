import { match, option } from '../extension.ts'
import { choices } from '../kinds/choice.ts'
import { integer } from '../kinds/number.ts'
import { portSpan } from '../kinds/port.ts'

const types = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
] as const

// iptables-extensions(8), dccp
export const dccp = match('dccp', {
  about: 'Compares ports, type and options of a DCCP packet.',
  protocols: ['dccp'],
  options: {
    sport: option('--sport', portSpan, {
      about: 'Source port or range of ports.',
      aliases: ['--source-port'],
      negatable: true,
    }),
    dport: option('--dport', portSpan, {
      about: 'Destination port or range of ports.',
      aliases: ['--destination-port'],
      negatable: true,
    }),
    dccpTypes: option('--dccp-types', choices(types), {
      about: 'The packet is of one of these types.',
      negatable: true,
    }),
    dccpOption: option('--dccp-option', integer(1, 255), {
      about: 'The packet has this option.',
      negatable: true,
    }),
  },
})
