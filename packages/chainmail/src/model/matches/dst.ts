import { match, option } from '../extension.ts'
import { headerOptions } from '../kinds/header-options.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), dst (IPv6-specific)
export const dst = match('dst', {
  about: 'Compares the header of destination options.',
  families: ['ipv6'],
  options: {
    dstLen: option('--dst-len', integer(0, 4_294_967_295), {
      about: 'The length of the header in bytes.',
      negatable: true,
    }),
    dstOpts: option('--dst-opts', headerOptions, {
      about: 'The options it has, each a type or type:length.',
    }),
  },
})
