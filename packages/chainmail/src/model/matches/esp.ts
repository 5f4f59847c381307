import { match, option } from '../extension.ts'
import { EVERY_SPI, spiRange } from '../kinds/security-parameter-index.ts'

// iptables-extensions(8), esp
export const esp = match('esp', {
  about: 'Compares the encapsulating security payload header of IPsec.',
  protocols: ['esp'],
  options: {
    espspi: option('--espspi', spiRange, {
      about: 'The security parameter index, or a range of them.',
      negatable: true,
      omitted: EVERY_SPI,
      neverNot: EVERY_SPI,
    }),
  },
})
