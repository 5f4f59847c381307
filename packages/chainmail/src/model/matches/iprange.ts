import { match, option } from '../extension.ts'
import { addressRange } from '../kinds/address.ts'

// iptables-extensions(8), iprange
export const iprange = match('iprange', {
  about: 'Compares source or destination with a range of addresses.',
  needsOption: true,
  options: {
    srcRange: option('--src-range', addressRange, {
      about: 'The source address is in this range.',
      negatable: true,
    }),
    dstRange: option('--dst-range', addressRange, {
      about: 'The destination address is in this range.',
      negatable: true,
    }),
  },
})
