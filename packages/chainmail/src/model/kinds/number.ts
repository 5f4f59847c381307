import { type Kind, wordKind } from '../kind.ts'

const DECIMAL = /^\d{1,20}$/
const HEXADECIMAL = /^0[xX][0-9a-fA-F]{1,16}$/

/** A whole number from decimal or `0x` hexadecimal text, or undefined. */
export function readInteger(word: string): number | undefined {
  return DECIMAL.test(word) || HEXADECIMAL.test(word) ? Number(word) : undefined
}

/** A whole number of `min` to `max`, both included. */
export function integer(min: number, max: number): Kind<number> {
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

/** One whole number of `min` to `max`, or a range of them; back to front too, which matches nothing. */
export function integerRange(min: number, max: number): Kind<number | IntegerRange, number | string> {
  const inside = (word: string) => {
    const value = readInteger(word)
    return value !== undefined && value >= min && value <= max ? value : undefined
  }
  return wordKind<number | IntegerRange, number | string>({
    expects: `a whole number of ${min} to ${max}, or a range such as 5:10`,
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
      if (first === undefined || last === undefined) return undefined
      return first === last ? first : `${first}:${last}`
    },
  })
}
