import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { readInteger, type SpelledRange } from './number.ts'

const GREATEST = '18446744073709551615'
/** Fewer digits than these are exact as a number. */
const EXACT_DIGITS = 16

/** A 64-bit count in decimal digits. */
function readCount(word: string): string | undefined {
  if (word.length < EXACT_DIGITS) return readInteger(word)?.toString()
  return /^[1-9]\d{0,19}$/.test(word) && BigInt(word) <= BigInt(GREATEST) ? word : undefined
}

function notAbove(first: string, last: string): boolean {
  return first.length < last.length || (first.length === last.length && first <= last)
}

/**
 * A 64-bit count from which on it matches, or the first and the last of a range: `10`, `'10:1000'`. A count
 * of 16 digits and more is text.
 */
export const countRange: Kind<number | string, number | string> &
  Bounded<0, 9_007_199_254_740_991> &
  SpelledRange = wordKind<number | string>({
  expects: `a count of 0 to ${GREATEST}, or a range such as 10:1000`,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^[0-9]*(:[0-9]*)?$' },
    ],
  },
  read: (word) => {
    const colon = word.indexOf(':')
    const first = colon === 0 ? '0' : readCount(colon === -1 ? word : word.slice(0, colon))
    const last = colon === -1 || colon === word.length - 1 ? GREATEST : readCount(word.slice(colon + 1))
    if (first === undefined || last === undefined || !notAbove(first, last)) return undefined
    if (last !== GREATEST) return `${first}:${last}`
    return first.length < EXACT_DIGITS ? Number(first) : first
  },
})
