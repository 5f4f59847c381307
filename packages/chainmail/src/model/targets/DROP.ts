import { target } from '../extension.ts'

// iptables(8), TARGETS; iptables refuses it in nat, which is not for filtering
export const DROP = target('DROP', {
  about: 'Drops the packet without an answer.',
  tables: ['filter', 'mangle', 'raw', 'security'],
  options: {},
})
