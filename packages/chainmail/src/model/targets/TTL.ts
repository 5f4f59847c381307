import { option, target } from '../extension.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), TTL (IPv4-specific)
export const TTL = target('TTL', {
  about: 'Changes the packet’s time to live.',
  families: ['ipv4'],
  tables: ['mangle'],
  needsOption: true,
  options: {
    ttlSet: option('--ttl-set', integer(0, 255), { about: 'Sets it.', excludes: ['ttlDec', 'ttlInc'] }),
    ttlDec: option('--ttl-dec', integer(1, 255), { about: 'Takes so much off.', excludes: ['ttlInc'] }),
    ttlInc: option('--ttl-inc', integer(1, 255), { about: 'Adds so much.' }),
  },
})
