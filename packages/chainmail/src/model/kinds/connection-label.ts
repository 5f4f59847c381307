import { quoteAlways } from '../../text/quote.ts'
import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

const GREATEST = 127
const NUMBER = /^[-+]?\d/
const NAME = /^[^\s"\p{Cc}\p{Surrogate}]{1,255}$/u

/** A label of a connection: 0 to 127, or a name that the host's connlabel.conf has for it. */
export const connectionLabel: Kind<number | string> & Bounded<0, 127> = wordKind<number | string>({
  expects: `a label of 0 to ${GREATEST}, or a name without blanks`,
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: GREATEST }, { type: 'string' }] },
  read: (word) => {
    const label = readInteger(word)
    if (label !== undefined) return label <= GREATEST ? label : undefined
    return NAME.test(word) && !NUMBER.test(word) ? word : undefined
  },
  write: (label) => quoteAlways(String(label)),
})
