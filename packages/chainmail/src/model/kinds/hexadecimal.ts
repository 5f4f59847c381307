import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** A number of 0 to `max` that iptables-save prints in hexadecimal, with at least so many digits. */
export function hexadecimal<const Maximum extends number>(
  max: Maximum,
  digits = 1,
): Kind<number, number | string> & Bounded<0, Maximum> & Spelled<`${number}`> {
  return wordKind<number, number | string>({
    expects: `a number of 0 to 0x${max.toString(16)}`,
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: max },
        { type: 'string', pattern: '^0x[0-9a-fA-F]+$' },
      ],
    },
    read: (word) => {
      const value = readInteger(word)
      return value !== undefined && value <= max ? value : undefined
    },
    write: (value) => `0x${value.toString(16).padStart(digits, '0')}`,
  })
}

export const bits32 = hexadecimal(0xffff_ffff)
