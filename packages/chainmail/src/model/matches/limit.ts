import { match, option } from '../extension.ts'
import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { readInteger } from '../kinds/number.ts'
import { rate } from '../kinds/rate.ts'

const DEFAULT_BURST = 5

/** iptables takes 0 for the burst and means the default. */
const burst: Kind<number> & Bounded<1, 10_000> = wordKind({
  expects: 'a whole number of 1 to 10000',
  schema: { type: 'integer', minimum: 1, maximum: 10_000 },
  read: (word) => {
    const value = readInteger(word)
    if (value === undefined || value > 10_000) return undefined
    return value === 0 ? DEFAULT_BURST : value
  },
})

// iptables-extensions(8), limit
export const limit = match('limit', {
  about: 'Matches until a rate is used up (a token bucket).',
  options: {
    limit: option('--limit', rate, {
      about: 'Average rate, such as 10/min; 3/hour if not given.',
      implied: '3/hour',
    }),
    burst: option('--limit-burst', burst, {
      about: 'Packets let through at once, 1 to 10000; 5 if not given.',
      omitted: DEFAULT_BURST,
    }),
  },
})
