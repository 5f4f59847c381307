import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

const GREATEST = 63

/** The field's upper six bits: 0 to 63, printed in hexadecimal. */
export const dscpValue: Kind<number> & Bounded<0, 63> = wordKind({
  expects: `a DSCP value of 0 to ${GREATEST}`,
  schema: { type: 'integer', minimum: 0, maximum: GREATEST },
  read: (word) => {
    const value = readInteger(word)
    return value !== undefined && value <= GREATEST ? value : undefined
  },
  write: (value) => `0x${value.toString(16).padStart(2, '0')}`,
})

const CLASS = /^(?:be|ef|cs([0-7])|af([1-4])([1-3]))$/i

/** The value of a class of RFC 2474, 2597 and 3246: BE, EF, CS0 to CS7, AF11 to AF43. */
export const dscpClass: Kind<number> = wordKind({
  expects: 'a DiffServ class: BE, EF, CS0 to CS7 or AF11 to AF43',
  schema: dscpValue.schema,
  read: (word) => {
    const [whole, selector, assured, precedence] = CLASS.exec(word) ?? []
    if (whole === undefined) return undefined
    if (selector !== undefined) return Number(selector) * 8
    if (assured !== undefined) return Number(assured) * 8 + Number(precedence) * 2
    return whole.toLowerCase() === 'ef' ? 46 : 0
  },
})
