import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { integer } from '../kinds/number.ts'
import { probability } from '../kinds/probability.ts'

// iptables-extensions(8), statistic
export const statistic = match('statistic', {
  about: 'Matches some packets only: by chance, or every nth.',
  options: {
    mode: option('--mode', choice(['random', 'nth']), {
      about: 'random takes a probability, nth takes every and packet.',
      required: true,
    }),
    probability: option('--probability', probability, {
      about: 'How likely a packet is to match, 0 to 1.',
      negatable: true,
      excludes: ['every', 'packet'],
    }),
    every: option('--every', integer(1, 4_294_967_295), {
      about: 'One packet of so many matches.',
      negatable: true,
      needs: ['packet'],
    }),
    packet: option('--packet', integer(0, 4_294_967_294), {
      about: 'The count that the first packet begins at, less than every.',
      needs: ['every'],
    }),
  },
  refuses: ({ mode, probability, every, packet }) => {
    if (mode === 'random') return probability === undefined ? 'mode random needs a probability' : undefined
    if (every === undefined) return 'mode nth needs every and packet'
    const period = typeof every === 'object' && every !== null && 'not' in every ? every.not : every
    return Number(packet) < Number(period) ? undefined : 'packet has to be less than every'
  },
})
