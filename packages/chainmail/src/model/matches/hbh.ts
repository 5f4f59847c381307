import { match, option } from '../extension.ts'
import { headerOptions } from '../kinds/header-options.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), hbh (IPv6-specific)
export const hbh = match('hbh', {
  about: 'Compares the header of hop-by-hop options.',
  families: ['ipv6'],
  options: {
    hbhLen: option('--hbh-len', integer(0, 4_294_967_295), {
      about: 'The length of the header in bytes.',
      negatable: true,
    }),
    hbhOpts: option('--hbh-opts', headerOptions, {
      about: 'The options it has, each a type or type:length.',
    }),
  },
})
