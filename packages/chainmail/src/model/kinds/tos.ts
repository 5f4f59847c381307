import { type AnyText, type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** A value of which only the bits in the mask count: `'0x10/0x3f'`. */
export type MaskedTos = `0x${string}/0x${string}`
/** An 8-bit type of service, or one with its mask. */
export type Tos = number | MaskedTos

const ALL_BITS = 0xff

// RFC 1349; `iptables -m tos -h`. A name means the bits under 0x3f: all but those of ECN.
const NAME_MASK = 0x3f
const rows = [
  ['minimize-delay', 0x10],
  ['maximize-throughput', 0x08],
  ['maximize-reliability', 0x04],
  ['minimize-cost', 0x02],
  ['normal-service', 0x00],
] as const
type Name = (typeof rows)[number][0]
const names: ReadonlyMap<string, number> = new Map(rows)

/** The name of a value with its mask, in small letters: `'minimize-delay'` of `'0x10/0x3f'`. */
export function tosName(value: string): string | undefined {
  for (const [name, known] of names) if (`${hex(known)}/${hex(NAME_MASK)}` === value) return name
  return undefined
}

function readByte(word: string): number | undefined {
  const value = readInteger(word)
  return value !== undefined && value <= ALL_BITS ? value : undefined
}

function hex(byte: number): `0x${string}` {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

function read(word: string): Tos | undefined {
  const named = names.get(word.toLowerCase())
  if (named !== undefined) return `${hex(named)}/${hex(NAME_MASK)}`
  const slash = word.indexOf('/')
  if (slash === -1) return readByte(word)
  const value = readByte(word.slice(0, slash))
  const mask = readByte(word.slice(slash + 1))
  if (value === undefined || mask === undefined) return undefined
  return mask === ALL_BITS ? value : `${hex(value)}/${hex(mask)}`
}

/** A type of service of 0 to 255, one with its mask such as `'0x10/0x3f'`, or a name of RFC 1349. */
export const tos: Kind<Tos, Tos | Name | AnyText> &
  Bounded<0, 255> &
  Spelled<Name | `${number}` | `${number}/${number}`, never, true> = wordKind<Tos, Tos | Name | AnyText>({
  expects: `a number of 0 to 255, one with its mask such as 0x10/0x3f, or one of ${[...names.keys()].join(', ')}`,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: ALL_BITS },
      { type: 'string', examples: ['0x10/0x3f', 'minimize-delay'] },
    ],
  },
  read,
  write: (value) => (typeof value === 'number' ? `${hex(value)}/${hex(ALL_BITS)}` : value),
})
