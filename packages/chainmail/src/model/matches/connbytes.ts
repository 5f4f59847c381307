import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { countRange } from '../kinds/count-range.ts'
import { isNegation } from '../negation.ts'

/** What iptables-save prints otherwise than it was given: an amount of 0 only, and the negation of one amount. */
function refuses({ connbytes }: Readonly<Record<string, unknown>>): string | undefined {
  const range = isNegation(connbytes) ? connbytes.not : connbytes
  const [first, last] = typeof range === 'string' ? range.split(':') : []
  if (range === '0:0')
    return 'connbytes 0:0 cannot be written; iptables-save makes 0 of it, which is any amount'
  return isNegation(connbytes) && last !== undefined && first === last
    ? 'connbytes with the same first and last amount cannot be negated'
    : undefined
}

// iptables-extensions(8), connbytes
export const connbytes = match('connbytes', {
  about: 'Compares how much a connection has carried; needs net.netfilter.nf_conntrack_acct.',
  refuses,
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
