import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { natPorts, refusesPorts } from '../kinds/nat-range.ts'

// iptables-extensions(8), MASQUERADE
export const MASQUERADE = target('MASQUERADE', {
  about: 'Gives the packet the address of the interface that it leaves by as its source.',
  tables: ['nat'],
  chains: ['POSTROUTING'],
  refuses: ({ toPorts }, protocol) => (toPorts === undefined ? undefined : refusesPorts(protocol)),
  options: {
    toPorts: option('--to-ports', natPorts, { about: 'The new source port, or a range of them.' }),
    random: option('--random', flag, { about: 'Picks the port by a hash.' }),
    randomFully: option('--random-fully', flag, { about: 'Picks the port at random.' }),
  },
})
