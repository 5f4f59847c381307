import { target } from '../extension.ts'

// iptables(8), TARGETS
export const ACCEPT = target('ACCEPT', { about: 'Lets the packet through.', options: {} })
