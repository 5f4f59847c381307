import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { hasPorts, natSource, refusesPorts } from '../kinds/nat-range.ts'

// iptables-extensions(8), SNAT
export const SNAT = target('SNAT', {
  about: 'Gives the packet, and its whole connection, another source.',
  tables: ['nat'],
  chains: ['INPUT', 'POSTROUTING'],
  refuses: ({ toSource }, protocol) => (hasPorts(toSource) ? refusesPorts(protocol) : undefined),
  options: {
    toSource: option('--to-source', natSource, {
      about: 'The new source: an address or a range of them, ports, or both.',
      required: true,
    }),
    random: option('--random', flag, { about: 'Picks the port by a hash.' }),
    randomFully: option('--random-fully', flag, { about: 'Picks the port at random.' }),
    persistent: option('--persistent', flag, {
      about: 'Gives a client the same address for each of its connections.',
    }),
  },
})
