import { target } from '../extension.ts'
import { prefixes } from '../prefix-options.ts'

// iptables-extensions(8), DNPT (IPv6-specific)
export const DNPT = target('DNPT', {
  about: 'Translates the prefix of the destination address without tracking the connection.',
  families: ['ipv6'],
  tables: ['mangle'],
  chains: ['PREROUTING', 'OUTPUT'],
  options: prefixes,
})
