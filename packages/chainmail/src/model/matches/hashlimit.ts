import { match, option } from '../extension.ts'
import type { Context } from '../kind.ts'
import { wordKind } from '../kind.ts'
import { prefixLengthOrMask } from '../kinds/address.ts'
import { choices } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'
import { hashBurst, hashRate, settleBytes, settlePackets, settleRate } from '../kinds/hash-limit.ts'
import { integer } from '../kinds/number.ts'
import { isNegation } from '../negation.ts'

// The file system below /proc/net/ipt_hashlimit sets the limits.
const FORBIDDEN_NAME = /[\s"/\0]|^\.{1,2}$|\p{Surrogate}/u
const MAX_NAME_BYTES = 254

const tableName = wordKind({
  expects: `a name of 1 to ${MAX_NAME_BYTES} bytes without blanks, quotation marks and slashes`,
  schema: { type: 'string', minLength: 1, maxLength: MAX_NAME_BYTES },
  read: (word) =>
    word !== '' && Buffer.byteLength(word) <= MAX_NAME_BYTES && !FORBIDDEN_NAME.test(word) ? word : undefined,
})

/** Milliseconds that a rate in bytes with a burst has if nothing is said. */
const BYTES_BURST_EXPIRE = 60_000

const entries = integer(0, 1_048_576)
const milliseconds = integer(1, 4_294_967_295)

type Options = Readonly<Record<string, unknown>>

// iptables-extensions(8), hashlimit
export const hashlimit = match('hashlimit', {
  about: 'Matches until a rate is used up, kept for each address or port by itself (a token bucket).',
  refuses: ({ upto, above }) =>
    (upto ?? above) === undefined ? 'one of upto and above has to be given' : undefined,
  settle,
  options: {
    upto: option('--hashlimit-upto', hashRate, {
      about: 'The rate is at most this, in packets or in bytes; negated, above it.',
      aliases: ['--hashlimit'],
      negatable: true,
      excludes: ['above'],
    }),
    above: option('--hashlimit-above', hashRate, {
      about: 'The rate is above this; negated, at most this.',
      negatable: true,
    }),
    burst: option('--hashlimit-burst', hashBurst, {
      about: 'How much may pass at once: packets, 5 if not given; or bytes, a multiple of the rate.',
    }),
    mode: option('--hashlimit-mode', choices(['srcip', 'srcport', 'dstip', 'dstport'], { exactCase: true }), {
      about: 'What has a rate of its own; everything together if not given.',
    }),
    name: option('--hashlimit-name', tableName, {
      about: 'The name of the table in /proc/net/ipt_hashlimit.',
      required: true,
    }),
    htableSize: option('--hashlimit-htable-size', entries, {
      about: 'Buckets of the table; the kernel chooses if not given.',
      omitted: 0,
    }),
    htableMax: option('--hashlimit-htable-max', entries, {
      about: 'Entries that the table may have; the kernel chooses if not given.',
      omitted: 0,
    }),
    htableGcinterval: option('--hashlimit-htable-gcinterval', milliseconds, {
      about: 'Milliseconds from one clearing of the table to the next; 1000 if not given.',
      omitted: 1_000,
    }),
    htableExpire: option('--hashlimit-htable-expire', milliseconds, {
      about: 'Milliseconds after which an idle entry leaves; the unit of the rate if not given.',
    }),
    srcmask: option('--hashlimit-srcmask', prefixLengthOrMask, {
      about: 'Source addresses with the same first bits count together.',
    }),
    dstmask: option('--hashlimit-dstmask', prefixLengthOrMask, {
      about: 'Destination addresses with the same first bits count together.',
    }),
    rateMatch: option('--hashlimit-rate-match', flag, {
      about: 'Tells only whether the flow is above or below the rate.',
    }),
    rateInterval: option('--hashlimit-rate-interval', integer(1, 2_147_483_647), {
      about: 'Seconds over which rateMatch measures; the unit of the rate if not given.',
    }),
  },
})

function settle(options: Options, { family }: Context): Options {
  const { upto, above, ...rest } = options
  const [key, value] = upto === undefined ? ['above', above] : ['upto', upto]
  const opposite = key === 'upto' ? 'above' : 'upto'
  const [side, rate] = isNegation(value) ? [opposite, value.not] : [key, value]
  if (typeof rate !== 'string') return options
  const allBits = family === 'ipv4' ? 32 : 128
  return {
    ...rest,
    srcmask: rest.srcmask === allBits ? undefined : rest.srcmask,
    dstmask: rest.dstmask === allBits ? undefined : rest.dstmask,
    ...settleTime(side, rate, rest),
  }
}

/** The rate, and what else of it depends on its unit. */
function settleTime(side: string, rate: string, options: Options): Options {
  const { burst, htableExpire, rateMatch, rateInterval } = options
  const packets = settleRate(rate, rateMatch === true)
  const interval = rateInterval ?? packets?.seconds ?? 1
  const measured = rateMatch === undefined || interval === 1 ? undefined : interval
  if (packets === undefined) {
    const expires = burst !== undefined && htableExpire === BYTES_BURST_EXPIRE ? undefined : htableExpire
    return {
      [side]: rate,
      burst: settleBytes(burst, rate),
      htableExpire: expires,
      rateInterval: measured,
    }
  }
  // What iptables-restore makes of the rate as it is printed is left out.
  const expire = htableExpire ?? packets.seconds * 1_000
  const implied = (settleRate(packets.rate, false)?.seconds ?? 1) * 1_000
  return {
    [side]: packets.rate,
    burst: settlePackets(burst),
    htableExpire: expire === implied ? undefined : expire,
    rateInterval: measured,
  }
}
