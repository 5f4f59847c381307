import { option, target } from '../extension.ts'
import { prefixNetwork } from '../kinds/address.ts'

// iptables-extensions(8), NETMAP
export const NETMAP = target('NETMAP', {
  about: 'Maps the addresses of a network one to one onto another network.',
  tables: ['nat'],
  options: {
    to: option('--to', prefixNetwork, {
      about: 'The network mapped to; the bits behind its prefix are those of the address before.',
      required: true,
    }),
  },
})
