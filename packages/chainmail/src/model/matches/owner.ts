import { match, option } from '../extension.ts'
import { account } from '../kinds/account.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), owner
export const owner = match('owner', {
  about: 'Compares the owner of the local socket that the packet comes from.',
  chains: ['OUTPUT', 'POSTROUTING'],
  needsOption: true,
  options: {
    socketExists: option('--socket-exists', flag, { about: 'The packet has a socket.', negatable: true }),
    uidOwner: option('--uid-owner', account, {
      about: 'The user: a number, a range of numbers, or a name that the host resolves.',
      negatable: true,
    }),
    gidOwner: option('--gid-owner', account, {
      about: 'The group: a number, a range of numbers, or a name that the host resolves.',
      negatable: true,
    }),
    supplGroups: option('--suppl-groups', flag, {
      about: 'The group may be a supplementary one too.',
      needs: ['gidOwner'],
    }),
  },
})
