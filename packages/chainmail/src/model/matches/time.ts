import { match, option } from '../extension.ts'
import { moment, timeOfDay } from '../kinds/clock.ts'
import { type DayKind, monthDays, weekDays } from '../kinds/days.ts'
import { flag } from '../kinds/flag.ts'
import { isNegation } from '../negation.ts'

const MIDNIGHT = '00:00:00'
const LAST_SECOND = '23:59:59'
const EPOCH = '1970-01-01T00:00:00'

/** All days but some are the other days; all days are no condition. */
function settledDays<Day>(kind: DayKind<Day>, days: unknown): readonly unknown[] | undefined {
  const chosen = isNegation(days) && Array.isArray(days.not) ? kind.others(days.not) : days
  return Array.isArray(chosen) && chosen !== kind.every ? chosen : undefined
}

// iptables-extensions(8), time
export const time = match('time', {
  about: 'Matches at some times of the day, days and dates only.',
  options: {
    timestart: option('--timestart', timeOfDay, {
      about: 'From this time of day on; midnight if not given.',
    }),
    timestop: option('--timestop', timeOfDay, {
      about: 'Up to this time of day; the end of the day if not given.',
    }),
    monthdays: option('--monthdays', monthDays, {
      about: 'On these days of the month.',
      negatable: true,
    }),
    weekdays: option('--weekdays', weekDays, { about: 'On these days of the week.', negatable: true }),
    datestart: option('--datestart', moment, { about: 'From this moment on.', omitted: EPOCH }),
    datestop: option('--datestop', moment, {
      about: 'Up to this moment.',
      implied: '2038-01-19T03:14:07',
    }),
    kerneltz: option('--kerneltz', flag, {
      about: 'Times are in the kernel’s time zone instead of UTC.',
      aliases: ['--localtz'],
    }),
    contiguous: option('--contiguous', flag, {
      about: 'A time that ends before it begins goes on past midnight.',
    }),
  },
  shorthands: [{ flag: '--utc', key: 'kerneltz', value: false }],
  settle: ({ timestart = MIDNIGHT, timestop = LAST_SECOND, monthdays, weekdays, kerneltz, ...others }) => {
    const wholeDay = timestart === MIDNIGHT && timestop === LAST_SECOND
    return {
      ...others,
      ...(wholeDay ? {} : { timestart, timestop }),
      monthdays: settledDays(monthDays, monthdays),
      weekdays: settledDays(weekDays, weekdays),
      kerneltz: kerneltz === true ? true : undefined,
    }
  },
  refuses: ({ timestart = MIDNIGHT, timestop = LAST_SECOND, datestop, contiguous }) => {
    // iptables-save leaves it out, and what it prints then never ends.
    if (datestop === EPOCH) return 'datestop has to be later than 1970-01-01T00:00:00'
    return contiguous !== undefined && String(timestop) > String(timestart)
      ? 'contiguous needs a timestop before timestart'
      : undefined
  },
})
