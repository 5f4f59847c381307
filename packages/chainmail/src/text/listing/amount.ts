import type { Counters } from '../../model/rule.ts'

const UNITS = ['K', 'M', 'G'] as const

/** Greatest number that a column of five shows as it is. */
const GREATEST_EXACT = 99_999n

/** Greatest number of a unit, before the next greater unit is taken. */
const GREATEST_OF_UNIT = 9_999n

/** A count as -L -v prints it: rounded to thousands, millions and so on from 100,000 on, or exact with -x. */
export function amount(count: Counters['packets'], exact: boolean): string {
  let value = BigInt(count)
  if (exact || value <= GREATEST_EXACT) return String(value)
  for (const unit of UNITS) {
    // iptables counts in 64 bits, and rounding up may go beyond them.
    value = BigInt.asUintN(64, value + 500n) / 1000n
    if (value <= GREATEST_OF_UNIT) return `${value}${unit}`
  }
  return `${(value + 500n) / 1000n}T`
}
