import { match, option } from '../extension.ts'
import { icmpv6Type } from '../kinds/icmp-type.ts'

// iptables-extensions(8), icmp6 (IPv6-specific)
export const icmp6 = match('icmp6', {
  about: 'Compares type and code of an ICMPv6 message.',
  families: ['ipv6'],
  protocols: ['ipv6-icmp'],
  options: {
    icmpv6Type: option('--icmpv6-type', icmpv6Type, {
      about: 'Type, type/code or name.',
      negatable: true,
      required: true,
    }),
  },
})
