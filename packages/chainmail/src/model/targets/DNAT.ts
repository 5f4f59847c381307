import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { hasPorts, natDestination, refusesPorts } from '../kinds/nat-range.ts'

// iptables-extensions(8), DNAT
export const DNAT = target('DNAT', {
  about: 'Gives the packet, and its whole connection, another destination.',
  tables: ['nat'],
  chains: ['PREROUTING', 'OUTPUT'],
  refuses: ({ toDestination }, protocol) => (hasPorts(toDestination) ? refusesPorts(protocol) : undefined),
  options: {
    toDestination: option('--to-destination', natDestination, {
      about: 'The new destination: an address or a range of them, ports, or both.',
      required: true,
    }),
    random: option('--random', flag, { about: 'Picks the port at random.' }),
    persistent: option('--persistent', flag, {
      about: 'Gives a client the same address for each of its connections.',
    }),
  },
})
