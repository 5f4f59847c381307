import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), rpfilter
export const rpfilter = match('rpfilter', {
  about: 'Matches when an answer would leave by the interface that the packet came in by.',
  tables: ['raw', 'mangle'],
  chains: ['PREROUTING'],
  options: {
    loose: option('--loose', flag, { about: 'The answer may leave by any interface.' }),
    validmark: option('--validmark', flag, { about: 'The packet’s mark takes part in the route lookup.' }),
    acceptLocal: option('--accept-local', flag, {
      about: 'Packets from the network that bear an address of this host pass the test.',
    }),
    invert: option('--invert', flag, { about: 'Matches packets that fail the test.' }),
  },
})
