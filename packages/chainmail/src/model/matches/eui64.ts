import { match } from '../extension.ts'

// iptables-extensions(8), eui64 (IPv6-specific)
export const eui64 = match('eui64', {
  about: 'The source address ends in the EUI-64 of the Ethernet address that the packet came from.',
  families: ['ipv6'],
  chains: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {},
})
