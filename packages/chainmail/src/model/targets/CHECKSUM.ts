import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), CHECKSUM
export const CHECKSUM = target('CHECKSUM', {
  about: 'Works around programs that choke on packets whose checksum the hardware is to fill in.',
  tables: ['mangle'],
  options: {
    checksumFill: option('--checksum-fill', flag, { about: 'Fills in a missing checksum.', required: true }),
  },
})
