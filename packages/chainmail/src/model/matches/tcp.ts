import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'
import { portRange } from '../kinds/port.ts'
import { tcpFlags } from '../kinds/tcp-flags.ts'

// iptables-extensions(8), tcp
export const tcp = match('tcp', {
  about: 'Compares ports, flags and options of a TCP packet.',
  protocols: ['tcp'],
  options: {
    sport: option('--sport', portRange, {
      about: 'Source port or range of ports.',
      aliases: ['--source-port'],
      negatable: true,
      omitted: '0:65535',
    }),
    dport: option('--dport', portRange, {
      about: 'Destination port or range of ports.',
      aliases: ['--destination-port'],
      negatable: true,
      omitted: '0:65535',
    }),
    tcpOption: option('--tcp-option', integer(1, 255), {
      about: 'The TCP header has this option.',
      negatable: true,
    }),
    tcpFlags: option('--tcp-flags', tcpFlags, {
      about: 'Of the flags in mask, exactly those in set are up.',
      negatable: true,
    }),
  },
  shorthands: [
    {
      flag: '--syn',
      negatable: true,
      key: 'tcpFlags',
      value: { mask: ['FIN', 'SYN', 'RST', 'ACK'], set: ['SYN'] },
    },
  ],
})
