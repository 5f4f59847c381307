import { match, option } from '../extension.ts'
import { wideInteger } from '../kinds/wide-integer.ts'

// iptables-extensions(8), quota
export const quota = match('quota', {
  about: 'Matches until so many bytes have gone by.',
  options: {
    quota: option('--quota', wideInteger, {
      about: 'How many bytes; negated, it matches once they are used up.',
      negatable: true,
      required: true,
    }),
  },
})
