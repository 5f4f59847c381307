import { target } from '../extension.ts'

// iptables-extensions(8), TRACE
export const TRACE = target('TRACE', {
  about: 'Has the kernel report every rule that the packet matches from here on.',
  tables: ['raw'],
  anyTableOn: 'nft',
  options: {},
})
