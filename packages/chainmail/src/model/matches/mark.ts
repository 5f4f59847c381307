import { match, option } from '../extension.ts'
import { mark as markKind } from '../kinds/mark.ts'

// iptables-extensions(8), mark
export const mark = match('mark', {
  about: 'Compares the mark that netfilter keeps with the packet.',
  options: {
    mark: option('--mark', markKind, {
      about: 'The mark, or the bits of it under the mask.',
      negatable: true,
      required: true,
    }),
  },
})
