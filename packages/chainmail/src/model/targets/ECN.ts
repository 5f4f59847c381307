import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'

const bit = integer(0, 1)

// iptables-extensions(8), ECN (IPv4-specific); --ecn-tcp-ece and its like are in the code only
export const ECN = target('ECN', {
  about: 'Changes the bits of Explicit Congestion Notification.',
  families: ['ipv4'],
  tables: ['mangle'],
  needsOption: true,
  refuses: ({ ecnTcpRemove, ecnTcpEce, ecnTcpCwr }, protocol) =>
    (ecnTcpRemove ?? ecnTcpEce ?? ecnTcpCwr) !== undefined && protocol !== 'tcp'
      ? "the bits of the TCP header need the rule's protocol to be tcp"
      : undefined,
  settle: ({ ecnTcpRemove, ecnTcpEce, ecnTcpCwr, ecnIpEct }) => {
    const removes = ecnTcpRemove === true || (ecnTcpEce === 0 && ecnTcpCwr === 0)
    if (removes && ecnIpEct === undefined) return { ecnTcpRemove: true }
    return removes ? { ecnTcpEce: 0, ecnTcpCwr: 0, ecnIpEct } : { ecnTcpEce, ecnTcpCwr, ecnIpEct }
  },
  options: {
    ecnTcpRemove: option('--ecn-tcp-remove', flag, {
      about: 'Clears both bits of the TCP header.',
      excludes: ['ecnTcpEce', 'ecnTcpCwr'],
    }),
    ecnTcpEce: option('--ecn-tcp-ece', bit, { about: 'Sets the ECE bit of the TCP header to 0 or 1.' }),
    ecnTcpCwr: option('--ecn-tcp-cwr', bit, { about: 'Sets the CWR bit of the TCP header to 0 or 1.' }),
    ecnIpEct: option('--ecn-ip-ect', integer(0, 3), { about: 'Sets the two bits of the IP header.' }),
  },
})
