import { ChainmailError } from './errors.ts'
import { shown } from './model/kind.ts'

/** A time span: `'90s'`, `'10m'`, `'24h'`, `'7d'`, `'2w'`, or a number of seconds. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd' | 'w'}` | (string & {})

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }
const DURATION = /^(\d{1,12})([smhdw]?)$/

/** Ten thousand years: beyond it a calendar time can no longer be written. */
const LONGEST = 315_569_520_000

/**
 * The number of seconds in a duration, 1 or more.
 *
 * @throws ChainmailError `bad-duration`
 */
export function parseDuration(duration: unknown): number {
  const [, amount = '', unit = ''] =
    typeof duration === 'string' || typeof duration === 'number'
      ? (DURATION.exec(String(duration)) ?? [])
      : []
  const seconds = Number(amount) * (secondsOf[unit] ?? 0)
  if (amount !== '' && seconds >= 1 && seconds <= LONGEST) return seconds
  throw new ChainmailError(
    'bad-duration',
    `${shown(duration)} is not a duration: write 90s, 10m, 24h, 7d, 2w or a number of seconds, at least 1.`,
  )
}
