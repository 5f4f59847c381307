import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { countRange } from '../kinds/count-range.ts'

// iptables-extensions(8), connbytes
export const connbytes = match('connbytes', {
  about: 'Compares how much a connection has carried; needs net.netfilter.nf_conntrack_acct.',
  options: {
    connbytes: option('--connbytes', countRange, {
      about: 'The least amount, or the least and the greatest.',
      negatable: true,
      required: true,
    }),
    mode: option('--connbytes-mode', choice(['packets', 'bytes', 'avgpkt']), {
      about: 'What is counted: packets, bytes, or bytes in a packet on average.',
      required: true,
    }),
    dir: option('--connbytes-dir', choice(['original', 'reply', 'both']), {
      about: 'The direction that is counted.',
      required: true,
    }),
  },
})
