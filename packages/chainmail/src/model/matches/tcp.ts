import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'
import { NO_FLAGS, type TcpFlags, tcpFlags } from '../kinds/tcp-flags.ts'
import { ports } from '../port-options.ts'

function isPlain(flags: unknown): flags is TcpFlags {
  return typeof flags === 'object' && flags !== null && 'mask' in flags
}

// iptables-extensions(8), tcp
export const tcp = match('tcp', {
  about: 'Compares ports, flags and options of a TCP packet.',
  protocols: ['tcp'],
  // No packet has it, and iptables-save leaves it out, which every packet has.
  refuses: ({ tcpFlags: flags }) =>
    isPlain(flags) && flags.mask.length === 0 ? 'tcpFlags with an empty mask needs an empty set' : undefined,
  options: {
    ...ports,
    tcpOption: option('--tcp-option', integer(1, 255), {
      about: 'The TCP header has this option.',
      negatable: true,
    }),
    tcpFlags: option('--tcp-flags', tcpFlags, {
      about: 'Of the flags in mask, exactly those in set are up.',
      negatable: true,
      omitted: NO_FLAGS,
    }),
  },
  shorthands: [
    {
      flag: '--syn',
      negatable: true,
      key: 'tcpFlags',
      value: { mask: ['FIN', 'SYN', 'RST', 'ACK'], set: ['SYN'] },
    },
  ],
})
