import { match, option } from '../extension.ts'
import { icmpType } from '../kinds/icmp-type.ts'

// iptables-extensions(8), icmp (IPv4-specific)
export const icmp = match('icmp', {
  about: 'Compares type and code of an ICMP message.',
  families: ['ipv4'],
  protocols: ['icmp'],
  options: {
    icmpType: option('--icmp-type', icmpType, {
      about: 'Type, type/code, name or any.',
      negatable: true,
      required: true,
    }),
  },
})
