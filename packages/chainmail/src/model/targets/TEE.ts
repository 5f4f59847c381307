import { option, target } from '../extension.ts'
import { address } from '../kinds/address.ts'
import { interfaceName } from '../kinds/interface.ts'

// iptables-extensions(8), TEE
export const TEE = target('TEE', {
  about: 'Sends a copy of the packet to another machine on the same link and goes on with the next rule.',
  refuses: ({ gateway }) =>
    gateway === '0.0.0.0' || gateway === '::' ? 'gateway has to be the address of a machine' : undefined,
  options: {
    gateway: option('--gateway', address, { about: 'The machine that gets the copy.', required: true }),
    oif: option('--oif', interfaceName, { about: 'The interface that the copy leaves by.' }),
  },
})
