import { target } from '../extension.ts'

// iptables(8), TARGETS
export const DROP = target('DROP', { about: 'Drops the packet without an answer.', options: {} })
