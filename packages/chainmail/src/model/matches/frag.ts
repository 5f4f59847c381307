import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer, integerRange } from '../kinds/number.ts'

const EVERY_ID = '0:4294967295'

// iptables-extensions(8), frag (IPv6-specific)
export const frag = match('frag', {
  about: 'Compares the fragment header.',
  families: ['ipv6'],
  options: {
    fragid: option('--fragid', integerRange(0, 4_294_967_295), {
      about: 'The identification, or a range of them.',
      negatable: true,
      omitted: EVERY_ID,
      neverNot: EVERY_ID,
    }),
    fraglen: option('--fraglen', integer(0, 4_294_967_295), {
      about: 'The length of the header; Linux since 2.6.10 does not look at it.',
      negatable: true,
    }),
    fragres: option('--fragres', flag, { about: 'The reserved bits are 0.' }),
    fragfirst: option('--fragfirst', flag, { about: 'It is the first fragment.' }),
    fragmore: option('--fragmore', flag, { about: 'More fragments follow.', excludes: ['fraglast'] }),
    fraglast: option('--fraglast', flag, { about: 'It is the last fragment.' }),
  },
})
