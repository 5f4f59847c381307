import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'

const hops = integer(0, 255)

// iptables-extensions(8), hl (IPv6-specific)
export const hl = match('hl', {
  about: 'Compares the hop limit of the IPv6 header.',
  families: ['ipv6'],
  needsOption: true,
  options: {
    hlEq: option('--hl-eq', hops, {
      about: 'The hop limit is this.',
      aliases: ['--hl'],
      negatable: true,
      excludes: ['hlLt', 'hlGt'],
    }),
    hlLt: option('--hl-lt', hops, { about: 'The hop limit is less.', excludes: ['hlGt'] }),
    hlGt: option('--hl-gt', hops, { about: 'The hop limit is greater.' }),
  },
})
