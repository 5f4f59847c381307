import { target } from '../extension.ts'
import { prefixes } from '../prefix-options.ts'

// iptables-extensions(8), SNPT (IPv6-specific)
export const SNPT = target('SNPT', {
  about: 'Translates the prefix of the source address without tracking the connection.',
  families: ['ipv6'],
  tables: ['mangle'],
  chains: ['INPUT', 'POSTROUTING'],
  options: prefixes,
})
