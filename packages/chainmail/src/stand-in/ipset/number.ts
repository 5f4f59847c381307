import { syntaxError } from './refusal.ts'

/**
 * A number as strtoull(3) reads it with base 0.
 *
 * @throws IpsetRefusal when it is none, or lies outside the range
 */
export function numberOf(text: string, least: bigint | number, most: bigint | number): bigint {
  const value = wholeNumber(text)
  if (value === undefined) throw syntaxError(`'${text}' is invalid as number`)
  if (value < BigInt(least) || value > BigInt(most))
    throw syntaxError(`'${text}' is out of range ${least}-${most}`)
  return value
}

function wholeNumber(text: string): bigint | undefined {
  const [, sign, digits = ''] = /^([+-]?)(.+)$/s.exec(text) ?? []
  if (!/^(?:0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.test(digits)) return undefined
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits)
  return sign === '-' ? -value : value
}
