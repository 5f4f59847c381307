import { refuse } from '../kind.ts'

const DIGITS = /^\d{1,20}$/
/** What a number holds exactly. */
const SHORT = /^\d{1,15}$/
const GREATEST = 0xffff_ffff_ffff_ffffn

/** A 64-bit counter: a number, or a bigint above 2^53 - 1; decimal text is read too. */
export function count(value: unknown): number | bigint {
  const expects = 'a count of 0 to 18446744073709551615'
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? value : refuse(value, expects)
  if (typeof value === 'string' && SHORT.test(value)) return Number(value)
  const exact =
    typeof value === 'bigint'
      ? value
      : typeof value === 'string' && DIGITS.test(value)
        ? BigInt(value)
        : undefined
  if (exact === undefined || exact < 0n || exact > GREATEST) refuse(String(value), expects)
  return exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact
}
