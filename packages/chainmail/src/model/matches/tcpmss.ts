import { match, option } from '../extension.ts'
import { ascendingRange } from '../kinds/number.ts'

// iptables-extensions(8), tcpmss
export const tcpmss = match('tcpmss', {
  about: 'Compares the maximum segment size that a TCP SYN or SYN/ACK announces.',
  protocols: ['tcp'],
  options: {
    mss: option('--mss', ascendingRange(0, 65535), {
      about: 'A size in bytes, or a range of them.',
      negatable: true,
      required: true,
    }),
  },
})
