import { option, target } from '../extension.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), HL (IPv6-specific)
export const HL = target('HL', {
  about: 'Changes the packet’s hop limit.',
  families: ['ipv6'],
  tables: ['mangle'],
  needsOption: true,
  options: {
    hlSet: option('--hl-set', integer(0, 255), { about: 'Sets it.', excludes: ['hlDec', 'hlInc'] }),
    hlDec: option('--hl-dec', integer(1, 255), { about: 'Takes so much off.', excludes: ['hlInc'] }),
    hlInc: option('--hl-inc', integer(1, 255), { about: 'Adds so much.' }),
  },
})
