import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), ecn
export const ecn = match('ecn', {
  about: 'Compares the bits of explicit congestion notification (RFC 3168).',
  needsOption: true,
  refuses: ({ ecnTcpEce, ecnTcpCwr }, protocol) =>
    (ecnTcpEce ?? ecnTcpCwr) !== undefined && protocol !== 'tcp'
      ? "ecnTcpEce and ecnTcpCwr need the rule's protocol to be tcp"
      : undefined,
  options: {
    ecnTcpEce: option('--ecn-tcp-ece', flag, {
      about: 'The echo bit of the TCP header is set.',
      negatable: true,
    }),
    ecnTcpCwr: option('--ecn-tcp-cwr', flag, {
      about: 'The bit of the TCP header for a reduced congestion window is set.',
      negatable: true,
    }),
    ecnIpEct: option('--ecn-ip-ect', integer(0, 3), {
      about: 'The two bits of the IP header, 0 to 3.',
      negatable: true,
    }),
  },
})
