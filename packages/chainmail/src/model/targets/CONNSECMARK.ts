import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), CONNSECMARK
export const CONNSECMARK = target('CONNSECMARK', {
  about: 'Copies the security mark between packet and connection where the other has none.',
  tables: ['mangle', 'security'],
  needsOption: true,
  options: {
    save: option('--save', flag, { about: 'From the packet to the connection.', excludes: ['restore'] }),
    restore: option('--restore', flag, { about: 'From the connection to the packet.' }),
  },
})
