import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { natPorts, refusesPorts } from '../kinds/nat-range.ts'

// iptables-extensions(8), REDIRECT
export const REDIRECT = target('REDIRECT', {
  about: 'Turns the packet to this machine itself.',
  tables: ['nat'],
  chains: ['PREROUTING', 'OUTPUT'],
  refuses: ({ toPorts }, protocol) => (toPorts === undefined ? undefined : refusesPorts(protocol)),
  options: {
    toPorts: option('--to-ports', natPorts, { about: 'The new destination port, or a range of them.' }),
    random: option('--random', flag, { about: 'Picks the port at random.' }),
  },
})
