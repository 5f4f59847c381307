import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'

/** A whole number; above 2^53 - 1 as decimal text, which JSON and JavaScript keep exact. */
export type WideInteger = number | `${bigint}`

const GREATEST = 0xffff_ffff_ffff_ffffn
const DECIMAL = /^(?:0|[1-9]\d{0,19})$/
const HEXADECIMAL = /^0[xX][0-9a-fA-F]{1,16}$/
const OCTAL = /^0[0-7]{1,22}$/

function read(word: string): WideInteger | undefined {
  if (word.length < 16 && DECIMAL.test(word)) return Number(word)
  const literal = OCTAL.test(word) ? `0o${word.slice(1)}` : word
  if (literal === word && !DECIMAL.test(word) && !HEXADECIMAL.test(word)) return undefined
  const value = BigInt(literal)
  if (value > GREATEST) return undefined
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : `${value}`
}

/** A whole number of 64 bits. */
export const wideInteger: Kind<WideInteger, number | string> &
  Bounded<0, 9_007_199_254_740_991> &
  Spelled<`${number}`> = wordKind<WideInteger, number | string>({
  expects: `a whole number of 0 to ${GREATEST}, as text above ${Number.MAX_SAFE_INTEGER}`,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'string', pattern: '^[0-9]{1,20}$' },
    ],
  },
  read,
})
