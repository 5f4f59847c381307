import { match, option } from '../extension.ts'
import { integerRange } from '../kinds/number.ts'

// iptables-extensions(8), length
export const length = match('length', {
  about: 'Compares the length of the packet without its link layer header.',
  options: {
    length: option('--length', integerRange(0, 65_535), {
      about: 'Length in bytes, or a range of them.',
      negatable: true,
      required: true,
    }),
  },
})
