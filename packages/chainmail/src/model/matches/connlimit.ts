import { match, option } from '../extension.ts'
import { prefixLengthOrMask } from '../kinds/address.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { isNegation } from '../negation.ts'

const connections = integer(0, 4_294_967_295)

// iptables-extensions(8), connlimit
export const connlimit = match('connlimit', {
  about: 'Compares how many connections an address, or a network, has at the same time.',
  options: {
    upto: option('--connlimit-upto', connections, {
      about: 'At most so many connections exist; negated, more than that.',
      negatable: true,
      excludes: ['above'],
    }),
    above: option('--connlimit-above', connections, {
      about: 'More connections exist; negated, at most that.',
      negatable: true,
    }),
    mask: option('--connlimit-mask', prefixLengthOrMask, {
      about: 'Addresses with the same first bits count together; all bits if not given.',
      implied: (family) => (family === 'ipv4' ? 32 : 128),
    }),
    saddr: option('--connlimit-saddr', flag, {
      about: 'Counts for the source address; so it does if nothing is said.',
      excludes: ['daddr'],
    }),
    daddr: option('--connlimit-daddr', flag, { about: 'Counts for the destination address.' }),
  },
  settle: ({ upto, above, daddr, ...rest }) => ({
    ...rest,
    upto: isNegation(above) ? above.not : isNegation(upto) ? undefined : upto,
    above: isNegation(upto) ? upto.not : isNegation(above) ? undefined : above,
    ...(daddr === undefined ? { saddr: true } : { daddr }),
  }),
  refuses: ({ upto, above }) =>
    (upto ?? above) === undefined ? 'one of upto and above has to be given' : undefined,
})
