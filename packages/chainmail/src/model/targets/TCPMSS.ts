import { option, target } from '../extension.ts'
import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { flag } from '../kinds/flag.ts'
import { readInteger } from '../kinds/number.ts'

/** The greatest packet less the smallest header of the family: 20 bytes for IPv4, 40 for IPv6. */
const greatest = { ipv4: 65515, ipv6: 65495 } as const

const segmentSize: Kind<number> & Bounded<0, 65515> = wordKind<number>({
  expects: `a whole number of 0 to ${greatest.ipv4} for IPv4, to ${greatest.ipv6} for IPv6`,
  schema: { type: 'integer', minimum: 0, maximum: greatest.ipv4 },
  read: (word, { family }) => {
    const value = readInteger(word)
    return value !== undefined && value <= greatest[family] ? value : undefined
  },
})

// iptables-extensions(8), TCPMSS; the legacy backend takes it only beside a match of tcp flags with SYN up
export const TCPMSS = target('TCPMSS', {
  about: 'Changes the greatest segment size that a TCP connection announces.',
  protocols: ['tcp'],
  needsOption: true,
  options: {
    setMss: option('--set-mss', segmentSize, {
      about: 'The size in bytes; a smaller one stays.',
      excludes: ['clampMssToPmtu'],
    }),
    clampMssToPmtu: option('--clamp-mss-to-pmtu', flag, {
      about: 'Makes it fit the path: its MTU less 40 bytes for IPv4, 60 for IPv6.',
      chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    }),
  },
})
