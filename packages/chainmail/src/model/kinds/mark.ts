import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** A number of which only the bits in the mask count: `'0x1/0xff'`. */
export type MaskedMark = `0x${string}/0x${string}`
/** A 32-bit mark, or one with its mask. */
export type Mark = number | MaskedMark

const ALL_BITS = 0xffff_ffff

function read32(word: string): number | undefined {
  const value = readInteger(word)
  return value !== undefined && value <= ALL_BITS ? value : undefined
}

/** `1`, `0x1/0xff`; a mask of all bits is left out. */
export function readMark(word: string): Mark | undefined {
  const slash = word.indexOf('/')
  if (slash === -1) return read32(word)
  const value = read32(word.slice(0, slash))
  const mask = read32(word.slice(slash + 1))
  if (value === undefined || mask === undefined) return undefined
  return mask === ALL_BITS ? value : `0x${value.toString(16)}/0x${mask.toString(16)}`
}

/** In hexadecimal, as iptables-save prints marks. */
export function writeMark(mark: Mark): string {
  return typeof mark === 'number' ? `0x${mark.toString(16)}` : mark
}

export const markSchema = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: ALL_BITS },
    { type: 'string', pattern: '^(0x)?[0-9a-fA-F]+(/(0x)?[0-9a-fA-F]+)?$', examples: ['0x1/0xff'] },
  ],
}

/** How the compiler sees a mark. */
export type MarkWords = Bounded<0, 4_294_967_295> & Spelled<`${number}` | `${number}/${number}`>

/** A mark of 0 to 0xffffffff, with the mask of the bits to look at if not all: `1`, `'0x1/0xff'`. */
export const mark: Kind<Mark, number | string> & MarkWords = wordKind<Mark, number | string>({
  expects: 'a mark of 0 to 0xffffffff, or one with its mask such as 0x1/0xff',
  schema: markSchema,
  read: readMark,
  write: writeMark,
})
