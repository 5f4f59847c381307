import { type Kind, wordKind } from '../kind.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['min', 60],
  ['sec', 1],
] as const

type Unit = (typeof units)[number][0]
/** So many in a unit of time: `'10/min'`. */
export type Rate = `${number}/${Unit}`

const RATE = /^(\d{1,10})(?:\/([a-z]+))?$/i
const longNames: Readonly<Record<Unit, string>> = { day: 'day', hour: 'hour', min: 'minute', sec: 'second' }

/** The kernel keeps the time for one packet in ten thousandths of a second. `XT_LIMIT_SCALE` */
const SCALE = 10_000

/** A rate as the limit match has it: up to 10000/sec, kept as the time that one packet takes. */
export const rate: Kind<Rate, Rate | string> = wordKind<Rate, Rate | string>({
  expects: 'a rate such as 10/min, from 1/day to 10000/sec',
  schema: { type: 'string', pattern: '^[0-9]+(/[a-z]+)?$', examples: ['10/min'] },
  read: (word) => {
    const [, amount, unit = 'sec'] = RATE.exec(word) ?? []
    const name = unit.toLowerCase()
    const found = units.find(([short]) => name !== '' && longNames[short].startsWith(name))
    if (amount === undefined || found === undefined || Number(amount) === 0) return undefined
    const period = Math.floor((found[1] * SCALE) / Number(amount))
    return period === 0 ? undefined : written(period)
  },
})

/** The largest unit that still gives a whole-looking number, as save prints it. */
function written(period: number): Rate {
  let chosen: (typeof units)[number] = units[0]
  for (const unit of units.slice(1)) {
    const perUnit = unit[1] * SCALE
    if (period > perUnit || Math.floor(perUnit / period) < perUnit % period) break
    chosen = unit
  }
  return `${Math.floor((chosen[1] * SCALE) / period)}/${chosen[0]}`
}
