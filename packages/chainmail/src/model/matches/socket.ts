import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), socket
export const socket = match('socket', {
  about: 'Matches when this host has an open TCP or UDP socket for the packet.',
  chains: ['PREROUTING', 'INPUT'],
  options: {
    transparent: option('--transparent', flag, { about: 'Only transparent sockets count.' }),
    nowildcard: option('--nowildcard', flag, { about: 'Sockets bound to any address count too.' }),
    restoreSkmark: option('--restore-skmark', flag, { about: 'Gives the packet the mark of the socket.' }),
  },
})
