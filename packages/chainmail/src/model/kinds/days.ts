import { type AnyText, type Bounded, type Kind, refuse, type Spelled } from '../kind.ts'
import type { Beginnings } from '../literal-text.ts'

/** Some of a fixed row of days, in their order. A list of all of them is always the same object, `every`. */
export interface DayKind<Day>
  extends Kind<readonly Day[], readonly (Day | AnyText | number)[] | Day | AnyText> {
  readonly every: readonly Day[]
  /** The days that are not in the list. */
  others(days: readonly unknown[]): readonly Day[]
}

function dayKind<Day extends string | number>(
  every: readonly Day[],
  expects: string,
  find: (word: string) => Day | undefined,
): DayKind<Day> {
  const ordered = (chosen: ReadonlySet<unknown>, whole: unknown): readonly Day[] => {
    const days = every.filter((day) => chosen.has(day))
    if (days.length === 0) refuse(whole, expects)
    return days.length === every.length ? every : days
  }
  const read = (items: readonly unknown[], whole: unknown = items): readonly Day[] => {
    const chosen = new Set<Day>()
    for (const item of items) {
      const known = typeof item === 'string' || typeof item === 'number' ? find(String(item)) : undefined
      chosen.add(known ?? refuse(item, expects))
    }
    return ordered(chosen, whole)
  }
  const split = (word: string) => word.split(',').filter((item) => item !== '')
  return {
    every,
    others: (days) => ordered(new Set(every.filter((day) => !days.includes(day))), days),
    words: 1,
    expects,
    schema: { type: 'array', items: { enum: every }, uniqueItems: true, minItems: 1 },
    parse: (words, at) => read(split(words[at] ?? ''), words[at]),
    check: (value) => {
      if (Array.isArray(value)) return read(value)
      return typeof value === 'string' ? read(split(value), value) : refuse(value, expects)
    },
    render: (value) => value.join(','),
  }
}

const DAY_NUMBER = /^0*([1-9]\d?)$/

/** Days of the month: `[1, 15]`. */
export const monthDays: DayKind<number> & Bounded<1, 31> & Spelled<`${number}`, ','> = dayKind(
  Array.from({ length: 31 }, (_, index) => index + 1),
  'a list of days of the month, 1 to 31',
  (word) => {
    const day = Number(DAY_NUMBER.exec(word)?.[1])
    return day <= 31 ? day : undefined
  },
)

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof weekdays)[number]
const longNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** Days of the week: `['Sat', 'Sun']`; numbers from 1 (Monday) to 7 and longer or shorter names are read too. */
export const weekDays: DayKind<Weekday> &
  Bounded<1, 7> &
  Spelled<Beginnings<(typeof longNames)[number]> | `${number}`, ','> = dayKind(
  weekdays,
  `a list of ${weekdays.join(', ')}, or of numbers from 1 (Monday) to 7`,
  (word) => {
    const number = DAY_NUMBER.exec(word)?.[1]
    if (number !== undefined) return weekdays[Number(number) - 1]
    const index = word.length < 2 ? -1 : longNames.findIndex((name) => name.startsWith(word))
    return index === -1 ? undefined : weekdays[index]
  },
)
