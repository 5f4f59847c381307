import { type ProtocolName, protocolNames, protocolNumbers } from '@chainmail/kernel/protocols'
import { type AnyText, type Bounded, type Context, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** What iptables(8) reads beside the names of /etc/protocols. */
const ownNames = [
  ['all', 0],
  ['ip', 0],
  ['hopopt', 0],
  ['ipv6-mh', 135],
  ['mh', 135],
] as const

type Name = ProtocolName | (typeof ownNames)[number][0]
/** A protocol as a caller may write it. */
export type ProtocolInput = Name | AnyText | number
type Words = Bounded<0, 255> & Spelled<Name | `${number}`, never, true>

const ownNumbers: ReadonlyMap<string, number> = new Map(ownNames)

function numberOf(word: string): number | undefined {
  const name = word.toLowerCase()
  const number = protocolNumbers.get(name) ?? ownNumbers.get(name) ?? readInteger(word)
  return number !== undefined && number <= 255 ? number : undefined
}

/** A protocol by name or number; held as the name that iptables-save prints, or `'all'`. */
export const protocol: Kind<string, ProtocolInput> & Words = wordKind<string, ProtocolInput>({
  expects: 'the name of a protocol or a number of 0 to 255',
  schema: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: 255 }] },
  read: (word) => {
    const number = numberOf(word)
    if (number === undefined) return undefined
    return number === 0 ? 'all' : (protocolNames.get(number) ?? String(number))
  },
})

/** The names that iptables-save prints since 1.8.11, which does without /etc/protocols. */
const namesOf1811: ReadonlySet<string> = new Set([
  'icmp',
  'tcp',
  'udp',
  'dccp',
  'esp',
  'ah',
  'ipv6-icmp',
  'ipcomp',
  'sctp',
  'mobility-header',
  'udplite',
])

/** A rule's protocol as iptables-save prints it. */
export function protocolWord(name: string, { iptables }: Context): string {
  return iptables === undefined || namesOf1811.has(name) ? name : String(protocolNumbers.get(name) ?? name)
}

/** A protocol by name or number, held and printed as its number. */
export const protocolInteger: Kind<number, ProtocolInput> & Words = wordKind<number, ProtocolInput>({
  expects: protocol.expects,
  schema: protocol.schema,
  read: numberOf,
})
