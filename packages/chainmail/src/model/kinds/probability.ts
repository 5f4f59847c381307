import { type Kind, type Spelled, wordKind } from '../kind.ts'

/** The kernel keeps a probability as a count of these steps. iptables-extensions(8), statistic */
const STEPS = 2 ** 31
const DIGITS = 11
const SCALE = 10n ** BigInt(DIGITS)

const NUMBER = /^\+?(?:\d{1,20}\.?\d{0,40}|\.\d{1,40})(?:[eE][-+]?\d{1,3})?$/

/** With eleven digits behind the point, a half rounded to the even digit as printf(3) does. */
function written(steps: number): string {
  const doubled = (BigInt(steps) * SCALE * 2n) / BigInt(STEPS)
  const exact = doubled * BigInt(STEPS) === BigInt(steps) * SCALE * 2n
  const down = doubled / 2n
  const up = doubled % 2n === 1n && (!exact || down % 2n === 1n)
  const digits = (up ? down + 1n : down).toString().padStart(DIGITS + 1, '0')
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`
}

/** A probability of 0 to 1, rounded to what the kernel keeps of it: 0.1 is held as 0.10000000009. */
export const probability: Kind<number> & Spelled<'0' | '1' | `0.${string}` | `${string}e-${string}`> =
  wordKind({
    expects: 'a number of 0 to 1',
    schema: { type: 'number', minimum: 0, maximum: 1 },
    read: (word) => {
      const value = NUMBER.test(word) ? Number(word) : Number.NaN
      return value >= 0 && value <= 1 ? Number(written(Math.round(value * STEPS))) : undefined
    },
    write: (value) => written(Math.round(value * STEPS)),
  })
