import { type AnyText, type Kind, type Paced, type Spelled, wordKind } from '../kind.ts'
import type { Beginnings } from '../literal-text.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['min', 60],
  ['sec', 1],
] as const

export type Unit = (typeof units)[number][0]
/** So many in a unit of time: `'10/min'`. */
export type Rate = `${number}/${Unit}`

const RATE = /^(\d{1,10})(?:\/([a-z]+))?$/i
const longNames = { day: 'day', hour: 'hour', min: 'minute', sec: 'second' } as const satisfies Readonly<
  Record<Unit, string>
>

/** Each spelling of a unit with the greatest number of packets in it, where there are so many in a second at most. */
export type RateLimits<
  Second extends number,
  Minute extends number,
  Hour extends number,
  Day extends number,
> = {
  readonly [U in Beginnings<'second'>]: Second
} & { readonly [U in Beginnings<'minute'>]: Minute } & { readonly [U in Beginnings<'hour'>]: Hour } & {
  readonly [U in Beginnings<'day'>]: Day
}

/** The kernel keeps the time for one packet in ten thousandths of a second. `XT_LIMIT_SCALE` */
const SCALE = 10_000

/** A rate as the limit match has it: up to 10000/sec, kept as the time that one packet takes. */
export const rate: Kind<Rate, Rate | AnyText> &
  Paced<RateLimits<10_000, 600_000, 36_000_000, 864_000_000>> &
  Spelled<Rate> = wordKind<Rate, Rate | AnyText>({
  expects: 'a rate such as 10/min, from 1/day to 10000/sec',
  schema: { type: 'string', pattern: '^[0-9]+(/[a-z]+)?$', examples: ['10/min'] },
  read: (word) => {
    const read = readRate(word)
    if (read === undefined) return undefined
    const period = Math.floor((read.seconds * SCALE) / read.amount)
    return period === 0 ? undefined : writeRate(period, SCALE)
  },
})

/** The amount, the unit's short name, and the seconds it has; an amount alone is by the second. */
export function readRate(
  word: string,
): { readonly amount: number; readonly unit: Unit; readonly seconds: number } | undefined {
  const [, amount, name = 'sec'] = RATE.exec(word) ?? []
  const prefix = name.toLowerCase()
  const found = units.find(([short]) => longNames[short].startsWith(prefix))
  if (amount === undefined || found === undefined || Number(amount) === 0) return undefined
  const [unit, seconds] = found
  return { amount: Number(amount), unit, seconds }
}

/**
 * The rate of one packet in `period` parts of a second, `scale` of which are a second, with the largest unit that
 * still gives a whole-looking number, as save prints it.
 */
export function writeRate(period: number, scale: number): Rate {
  let chosen: (typeof units)[number] = units[0]
  for (const unit of units.slice(1)) {
    const perUnit = unit[1] * scale
    if (period > perUnit || Math.floor(perUnit / period) < perUnit % period) break
    chosen = unit
  }
  return `${Math.floor((chosen[1] * scale) / period)}/${chosen[0]}`
}
