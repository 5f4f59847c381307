import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { EVERY_SPI, spiRange } from '../kinds/security-parameter-index.ts'
import { isNegation } from '../negation.ts'

// iptables -m ipcomp -h; iptables-extensions(8) has no page for it
export const ipcomp = match('ipcomp', {
  about: 'Compares the header of IP payload compression (RFC 3173).',
  protocols: ['ipcomp'],
  // iptables-save leaves such a range out, and an absent option is 0; negated, since 1.8.11 it does not.
  refuses: ({ ipcompspi }, _, { iptables }) =>
    ipcompspi === EVERY_SPI ||
    (isNegation(ipcompspi) && ipcompspi.not === EVERY_SPI && iptables === undefined)
      ? 'a range of every ipcompspi cannot be written'
      : undefined,
  options: {
    ipcompspi: option('--ipcompspi', spiRange, {
      about: 'The compression parameter index, or a range of them; 0 if not given.',
      negatable: true,
      implied: 0,
    }),
    compres: option('--compres', flag, { about: 'The reserved bits are 0.' }),
  },
})
