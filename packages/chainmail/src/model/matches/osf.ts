import { match, option } from '../extension.ts'
import { name } from '../kinds/name.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), osf; MAXGENRELEN is 32 with the closing NUL. uapi/linux/netfilter/nfnetlink_osf.h
export const osf = match('osf', {
  about: 'Guesses the sender’s operating system from a TCP SYN.',
  families: ['ipv4'],
  protocols: ['tcp'],
  chains: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {
    genre: option('--genre', name(31), {
      about: 'The operating system, as the loaded fingerprints name it.',
      negatable: true,
      required: true,
    }),
    ttl: option('--ttl', integer(0, 2), {
      about: 'Time to live: 0 as in the fingerprint, 1 at most that, 2 not compared.',
    }),
    log: option('--log', integer(0, 2), {
      about: 'Writes to the kernel log: 0 all signatures, 1 the first, 2 all known ones that match.',
    }),
  },
})
