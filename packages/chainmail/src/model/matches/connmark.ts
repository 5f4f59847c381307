import { match, option } from '../extension.ts'
import { mark } from '../kinds/mark.ts'

// iptables-extensions(8), connmark
export const connmark = match('connmark', {
  about: 'Compares the mark that netfilter keeps with the connection.',
  options: {
    mark: option('--mark', mark, {
      about: 'The connection’s mark, or the bits of it under the mask.',
      negatable: true,
      required: true,
    }),
  },
})
