import { target } from '../extension.ts'

// iptables-extensions(8), NOTRACK
export const NOTRACK = target('NOTRACK', {
  about: 'Keeps the packet out of connection tracking.',
  tables: ['raw'],
  options: {},
})
