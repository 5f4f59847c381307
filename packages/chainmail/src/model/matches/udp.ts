import { match, option } from '../extension.ts'
import { EVERY_PORT, portRange } from '../kinds/port.ts'

// iptables-extensions(8), udp
export const udp = match('udp', {
  about: 'Compares the ports of a UDP packet.',
  protocols: ['udp'],
  options: {
    sport: option('--sport', portRange, {
      about: 'Source port or range of ports.',
      aliases: ['--source-port'],
      negatable: true,
      omitted: EVERY_PORT,
      neverNot: EVERY_PORT,
    }),
    dport: option('--dport', portRange, {
      about: 'Destination port or range of ports.',
      aliases: ['--destination-port'],
      negatable: true,
      omitted: EVERY_PORT,
      neverNot: EVERY_PORT,
    }),
  },
})
