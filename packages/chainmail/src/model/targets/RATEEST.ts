import { option, target } from '../extension.ts'
import { name } from '../kinds/name.ts'
import { microseconds, timeSpan } from '../kinds/time-span.ts'

const intervals = [0.25, 0.5, 1, 2, 4, 8].map((seconds) => seconds * 1e6)

const interval = timeSpan('one of 250ms, 500ms, 1s, 2s, 4s and 8s', (span) => intervals.includes(span))

/** iptables keeps 32 bits of microseconds. */
const MAX_MICROSECONDS = 0xffff_ffff

const average = timeSpan(
  'a time of 500ms to 4096s, the interval times 2, 4, 8 or a greater power of two',
  (span) => span % 500_000 === 0 && span > 0 && span <= MAX_MICROSECONDS,
)

// iptables-extensions(8), RATEEST; iptables rounds other times to these
export const RATEEST = target('RATEEST', {
  about: 'Measures the rate of the packets, for the rateest match.',
  refuses: ({ rateestInterval, rateestEwmalog }) => {
    const times = (microseconds(String(rateestEwmalog)) ?? 0) / (microseconds(String(rateestInterval)) ?? 1)
    return times < 2 || !Number.isInteger(Math.log2(times))
      ? 'rateestEwmalog has to be rateestInterval times 2, 4, 8 or a greater power of two'
      : undefined
  },
  options: {
    rateestName: option('--rateest-name', name(15), {
      about: 'The name under which the rate is kept, 1 to 15 bytes.',
      required: true,
    }),
    rateestInterval: option('--rateest-interval', interval, {
      about: 'How often the rate is measured: every 250ms, 500ms, 1s, 2s, 4s or 8s.',
      required: true,
    }),
    rateestEwmalog: option('--rateest-ewmalog', average, {
      about: 'The time over which the rate is averaged: the interval times a power of two.',
      required: true,
    }),
  },
})
