import { type Kind, wordKind } from '../kind.ts'
import { protocolName, protocolNumber } from '../names/protocols.ts'
import { readInteger } from './number.ts'

function numberOf(word: string): number | undefined {
  const number = protocolNumber(word) ?? readInteger(word)
  return number !== undefined && number <= 255 ? number : undefined
}

/** A protocol by name or number; held as the name that iptables-save prints, or `'all'`. */
export const protocol: Kind<string, string | number> = wordKind({
  expects: 'the name of a protocol or a number of 0 to 255',
  schema: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: 255 }] },
  read: (word) => {
    const number = numberOf(word)
    if (number === undefined) return undefined
    return number === 0 ? 'all' : (protocolName(number) ?? String(number))
  },
})

/** A protocol by name or number, held and printed as its number. */
export const protocolInteger: Kind<number, string | number> = wordKind({
  expects: protocol.expects,
  schema: protocol.schema,
  read: numberOf,
})
