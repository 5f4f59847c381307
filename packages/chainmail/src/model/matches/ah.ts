import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { EVERY_SPI, spiRange } from '../kinds/security-parameter-index.ts'

const about = 'Compares the authentication header of IPsec.'
const ahspi = option('--ahspi', spiRange, {
  about: 'The security parameter index, or a range of them.',
  negatable: true,
  omitted: EVERY_SPI,
  neverNot: EVERY_SPI,
})

// iptables-extensions(8), ah (IPv4-specific)
export const ah = match('ah', { about, families: ['ipv4'], protocols: ['ah'], options: { ahspi } })

// iptables-extensions(8), ah (IPv6-specific)
export const ah6 = match('ah', {
  about,
  families: ['ipv6'],
  options: {
    ahspi,
    ahlen: option('--ahlen', integer(0, 4_294_967_295), {
      about: 'The length of the header in bytes; 0 is any.',
      negatable: true,
      omitted: 0,
    }),
    ahres: option('--ahres', flag, { about: 'The reserved bits are 0.' }),
  },
})
