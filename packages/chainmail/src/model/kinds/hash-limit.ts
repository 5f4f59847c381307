import {
  type AnyText,
  type Bounded,
  type Kind,
  type Paced,
  Refusal,
  refuse,
  type Spelled,
  wordKind,
} from '../kind.ts'
import type { Beginnings } from '../literal-text.ts'
import { type ByteRate, type Bytes, readByteRate, readBytes, writeByteRate, writeBytes } from './byte-rate.ts'
import { readInteger } from './number.ts'
import { type Rate, type RateLimits, readRate, writeRate } from './rate.ts'

// XT_HASHLIMIT_SCALE_v2
const SCALE = 1_000_000
const MAX_BURST = 1_000_000
const DEFAULT_BURST = 5

/** Packets or bytes in a unit of time: `'10/min'`, `'512kb/s'`. {@link settleRate} settles the unit of packets. */
export const hashRate: Kind<Rate | ByteRate, Rate | ByteRate | AnyText> &
  Paced<RateLimits<1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000>> &
  Spelled<`${Bytes}/${Beginnings<'second'>}`> = wordKind<Rate | ByteRate, Rate | ByteRate | AnyText>({
  expects: 'a rate such as 10/min, up to 1000000/sec, or 512kb/s, from 16b/s to 4095mb/s',
  schema: { type: 'string', pattern: '^[0-9]+([km]?b)?(/[a-zA-Z]+)?$', examples: ['10/min', '512kb/s'] },
  read: (word) => {
    const bytes = readByteRate(word)
    if (bytes !== undefined) return writeByteRate(bytes)
    const rate = readRate(word)
    return rate === undefined || rate.amount > rate.seconds * SCALE
      ? undefined
      : `${rate.amount}/${rate.unit}`
  },
})

/** How much may pass at once: packets, or bytes where the rate is in bytes. */
export const hashBurst: Kind<number | Bytes, number | Bytes | AnyText> &
  Bounded<1, 1_000_000> &
  Spelled<`${number}` | Bytes> = wordKind<number | Bytes, number | Bytes | AnyText>({
  expects: `a number of packets, 1 to ${MAX_BURST}, or an amount of bytes such as 2mb`,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 1, maximum: MAX_BURST },
      { type: 'string', pattern: '^[0-9]+([km]?b)?$', examples: ['2mb'] },
    ],
  },
  read: (word) => {
    const bytes = readBytes(word)
    if (bytes !== undefined) return writeExactly(bytes)
    const packets = readInteger(word)
    return packets !== undefined && packets >= 1 && packets <= MAX_BURST ? packets : undefined
  },
})

function writeExactly(bytes: number): Bytes {
  const written = writeBytes(bytes)
  return readBytes(written) === bytes ? written : `${bytes}b`
}

/**
 * A rate in packets as save prints it, and the seconds of the unit that it was given in; undefined for bytes.
 * Where it only classifies (`rateMatch`) the unit is the interval, and the rate is printed by the second.
 */
export function settleRate(
  text: string,
  rateMatch: boolean,
): { readonly rate: Rate; readonly seconds: number } | undefined {
  const given = readRate(text)
  if (given === undefined) return undefined
  const { amount, seconds } = given
  const period = Math.floor(((rateMatch ? 1 : seconds) * SCALE) / amount)
  if (period === 0) throw new Refusal(`${text} is faster than ${SCALE}/sec`)
  return { rate: writeRate(period, SCALE), seconds }
}

/** A burst for a rate in packets; 5 if none is given. */
export function settlePackets(burst: unknown): number {
  const packets = typeof burst === 'string' ? readBytes(burst) : (burst ?? DEFAULT_BURST)
  return typeof packets === 'number' && packets <= MAX_BURST ? packets : refuse(burst, hashBurst.expects)
}

/** A burst for a rate in bytes, as save prints it: a multiple of the rate, none if none is given. */
export function settleBytes(burst: unknown, rate: string): Bytes | undefined {
  if (burst === undefined) return undefined
  const once = readByteRate(rate) ?? 0
  const wanted = typeof burst === 'string' ? (readBytes(burst) ?? 0) : Number(burst)
  const written = writeBytes(Math.ceil(wanted / once) * once)
  // Rounded down, it may be less than iptables-restore takes.
  if (wanted < once || (readBytes(written) ?? 0) < once)
    throw new Refusal(`a burst of ${String(burst)} is too small, or too large, for ${rate}`)
  return written
}
