import { match, option } from '../extension.ts'
import { macAddress } from '../kinds/mac-address.ts'

// iptables-extensions(8), mac
export const mac = match('mac', {
  about: 'Compares the source address of the Ethernet frame.',
  chains: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {
    macSource: option('--mac-source', macAddress, {
      about: 'The Ethernet address that the packet came from.',
      negatable: true,
      required: true,
    }),
  },
})
