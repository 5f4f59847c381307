import { match, option } from '../extension.ts'
import { chunkTypes } from '../kinds/chunk-types.ts'
import { portRange } from '../kinds/port.ts'

// iptables-extensions(8), sctp
export const sctp = match('sctp', {
  about: 'Compares the ports and chunks of an SCTP packet.',
  protocols: ['sctp'],
  options: {
    sport: option('--sport', portRange, {
      about: 'Source port or range of ports.',
      aliases: ['--source-port'],
      negatable: true,
    }),
    dport: option('--dport', portRange, {
      about: 'Destination port or range of ports.',
      aliases: ['--destination-port'],
      negatable: true,
    }),
    chunkTypes: option('--chunk-types', chunkTypes, {
      about: 'The packet has all or any of these chunk types, or them only.',
      negatable: true,
    }),
  },
})
