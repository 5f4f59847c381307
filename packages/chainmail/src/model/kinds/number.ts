import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'

const DECIMAL = /^(?:0|[1-9]\d{0,19})$/
const HEXADECIMAL = /^0[xX][0-9a-fA-F]{1,16}$/
const OCTAL = /^0[0-7]{1,22}$/

/** A whole number from decimal, `0x` hexadecimal or `0` octal text as strtoul(3) reads them, or undefined. */
export function readInteger(word: string): number | undefined {
  if (DECIMAL.test(word) || HEXADECIMAL.test(word)) return Number(word)
  return OCTAL.test(word) ? Number.parseInt(word, 8) : undefined
}

/** A whole number of `min` to `max`, both included. */
export function integer<const Minimum extends number, const Maximum extends number>(
  min: Minimum,
  max: Maximum,
): Kind<number> & Bounded<Minimum, Maximum> {
  return wordKind({
    expects: `a whole number of ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
    read: (word) => {
      const value = readInteger(word)
      return value !== undefined && value >= min && value <= max ? value : undefined
    },
  })
}

/** From the first number to the last, both included: `'5:10'`. */
export type IntegerRange = `${number}:${number}`
/** Numbers of which one may be left out in a range: `'5'`, `'5:10'`, `'5:'`. */
export type SpelledRange = Spelled<`${number}`, ':'>

/** One whole number of `min` to `max`, or a range of them; back to front too, which matches nothing. */
export function integerRange<const Minimum extends number, const Maximum extends number>(
  min: Minimum,
  max: Maximum,
): Kind<number | IntegerRange, number | string> & Bounded<Minimum, Maximum> & SpelledRange {
  return rangeKind(min, max, `a whole number of ${min} to ${max}, or a range such as 5:10`, () => true)
}

/** One whole number of `min` to `max`, or a range of them from the smaller to the greater. */
export function ascendingRange<const Minimum extends number, const Maximum extends number>(
  min: Minimum,
  max: Maximum,
): Kind<number | IntegerRange, number | string> & Bounded<Minimum, Maximum> & SpelledRange {
  const expects = `a whole number of ${min} to ${max}, or a range such as 5:10 with the smaller number first`
  return rangeKind(min, max, expects, (first, last) => first <= last)
}

function rangeKind(
  min: number,
  max: number,
  expects: string,
  accepts: (first: number, last: number) => boolean,
): Kind<number | IntegerRange, number | string> {
  const inside = (word: string) => {
    const value = readInteger(word)
    return value !== undefined && value >= min && value <= max ? value : undefined
  }
  return wordKind<number | IntegerRange, number | string>({
    expects,
    schema: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '^[0-9]*:[0-9]*$' },
      ],
    },
    read: (word) => {
      const colon = word.indexOf(':')
      if (colon === -1) return inside(word)
      const first = colon === 0 ? min : inside(word.slice(0, colon))
      const last = colon === word.length - 1 ? max : inside(word.slice(colon + 1))
      if (first === undefined || last === undefined || !accepts(first, last)) return undefined
      return first === last ? first : `${first}:${last}`
    },
  })
}
