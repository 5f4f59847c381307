import { type AnyText, type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

// syslog(3)
const names = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const
const aliases = { panic: 0, error: 3, warn: 4 } as const

export type LogLevelName = (typeof names)[number] | keyof typeof aliases

const levels = new Map<string, number>([
  ...names.map((name, level): [string, number] => [name, level]),
  ...Object.entries(aliases),
])

/** A syslog level, 0 (emerg) to 7 (debug), or its name. */
export const logLevel: Kind<number, LogLevelName | AnyText | number> &
  Bounded<0, 7> &
  Spelled<LogLevelName | `${number}`, never, true> = wordKind<number, LogLevelName | AnyText | number>({
  expects: `a log level of 0 to 7 or one of ${names.join(', ')}`,
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: 7 }, { enum: names }] },
  read: (word) => {
    const level = levels.get(word.toLowerCase()) ?? readInteger(word)
    return level !== undefined && level <= 7 ? level : undefined
  },
})
