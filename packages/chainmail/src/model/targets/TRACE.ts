import { target } from '../extension.ts'

// iptables-extensions(8), TRACE; the nft backend takes it in every table
export const TRACE = target('TRACE', {
  about: 'Has the kernel report every rule that the packet matches from here on.',
  tables: ['raw'],
  options: {},
})
