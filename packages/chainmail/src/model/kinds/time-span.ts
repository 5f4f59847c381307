import { type AnyText, type Kind, type Spelled, wordKind } from '../kind.ts'

/** Seconds, or milliseconds below one: `'2s'`, `'250ms'`. */
export type TimeSpan = `${number}s` | `${number}ms`

type Suffix = '' | `${'s' | 'ms' | 'us'}${'' | 'ec' | 'ecs'}`

const SPAN = /^(\d{1,10}(?:\.\d{0,6})?|\.\d{1,6})(?:(s)(?:ecs?)?|(ms)(?:ecs?)?|us(?:ecs?)?)?$/i

/** The microseconds of what is written; a bare number is microseconds, as rates of traffic control have it. tc(8) */
export function microseconds(word: string): number | undefined {
  const [, amount, seconds, milliseconds] = SPAN.exec(word) ?? []
  if (amount === undefined) return undefined
  return Math.round(Number(amount) * (seconds === undefined ? (milliseconds === undefined ? 1 : 1e3) : 1e6))
}

/** One of the spans that are given in microseconds, printed with one digit behind the point. */
export function timeSpan(
  expects: string,
  allows: (microseconds: number) => boolean,
): Kind<TimeSpan, TimeSpan | AnyText> & Spelled<`${number}${Suffix}`, never, true> {
  return wordKind<TimeSpan, TimeSpan | AnyText>({
    expects,
    schema: { type: 'string', pattern: '^[0-9.]+[a-zA-Z]*$', examples: ['250ms', '2s'] },
    read: (word) => {
      const span = microseconds(word)
      if (span === undefined || !allows(span)) return undefined
      return span < 1e6 ? `${span / 1e3}ms` : `${span / 1e6}s`
    },
    write: (value) =>
      value.endsWith('ms')
        ? `${Number.parseFloat(value).toFixed(1)}ms`
        : `${Number.parseFloat(value).toFixed(1)}s`,
  })
}
