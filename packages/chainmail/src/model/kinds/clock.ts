import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'

// iptables-extensions(8), time: hh:mm[:ss]
const TIME = /^(\d{1,10}):(\d{1,10})(?::(\d{0,10}))?$/

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** A time of day, `'06:00:00'`, with or without seconds. */
export const timeOfDay: Kind<string> &
  Bounded<0, 59> &
  Spelled<`${number}:${number}` | `${number}:${number}:${number}` | `${number}:${number}:`> = wordKind({
  expects: 'a time of day from 00:00:00 to 23:59:59',
  schema: { type: 'string', examples: ['06:00:00'] },
  read: (word) => {
    const [, hour, minute, second = '0'] = TIME.exec(word) ?? []
    const parts = [Number(hour), Number(minute), Number(second)] as const
    const inside = parts[0] <= 23 && parts[1] <= 59 && parts[2] <= 59
    return inside ? parts.map(two).join(':') : undefined
  },
})

// iptables-extensions(8), time: YYYY[-MM[-DD[Thh[:mm[:ss]]]]]
const DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?)?$/

const FIRST_YEAR = 1970
const LAST_YEAR = 2038

/** A moment in UTC, `'2026-01-31T12:00:00'`; what is left out is the first of its kind. */
export const moment: Kind<string> = wordKind({
  expects: 'a moment of the years 1970 to 2038, such as 2026-01-31T12:00:00; only the year has to be given',
  schema: { type: 'string', examples: ['2026-01-31T12:00:00', '2026-02'] },
  read: (word) => {
    const [, ...found] = DATE.exec(word) ?? []
    const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.map((part) =>
      part === undefined ? undefined : Number(part),
    )
    if (year === undefined || year < FIRST_YEAR || year > LAST_YEAR) return undefined
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
      return undefined
    // February 30 is March 1 or 2, as mktime(3) has it.
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString().slice(0, 19)
  },
})
