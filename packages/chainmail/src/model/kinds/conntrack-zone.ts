import { type AnyText, type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** A zone of connection tracking: its number, or the packet's mark. */
export type ConntrackZone = number | 'mark'

export const conntrackZone: Kind<ConntrackZone, ConntrackZone | AnyText> &
  Bounded<0, 65535> &
  Spelled<'mark' | `${number}`, never, true> = wordKind<ConntrackZone, ConntrackZone | AnyText>({
  expects: 'a zone of 0 to 65535, or mark',
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: 65535 }, { const: 'mark' }] },
  read: (word) => {
    if (word.toLowerCase() === 'mark') return 'mark'
    const zone = readInteger(word)
    return zone !== undefined && zone <= 65535 ? zone : undefined
  },
})
