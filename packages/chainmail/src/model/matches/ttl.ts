import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'

const hops = integer(0, 255)

// iptables-extensions(8), ttl (IPv4-specific)
export const ttl = match('ttl', {
  about: 'Compares the time to live of an IPv4 packet.',
  families: ['ipv4'],
  needsOption: true,
  options: {
    ttlEq: option('--ttl-eq', hops, {
      about: 'The time to live is this.',
      aliases: ['--ttl'],
      negatable: true,
      excludes: ['ttlLt', 'ttlGt'],
    }),
    ttlLt: option('--ttl-lt', hops, { about: 'The time to live is less.', excludes: ['ttlGt'] }),
    ttlGt: option('--ttl-gt', hops, { about: 'The time to live is greater.' }),
  },
})
