import { option, target } from '../extension.ts'
import { type Context, Refusal } from '../kind.ts'
import { prefixLengthOrMask } from '../kinds/address.ts'
import { choices } from '../kinds/choice.ts'
import { hexadecimal } from '../kinds/hexadecimal.ts'
import { integer } from '../kinds/number.ts'

const bits16 = hexadecimal(0xffff, 4)
const paddedBits32 = hexadecimal(0xffff_ffff, 8)
const tuple = ['src', 'dst', 'sport', 'dport', 'spi', 'proto', 'ct'] as const
const addressBits = { ipv4: 32, ipv6: 128 }

/** What a member of the tuple but ct means: the whole of a field. */
const wholeFields = new Map<unknown, readonly [key: string, bits: (context: Context) => number]>([
  ['src', ['hmarkSrcPrefix', ({ family }) => addressBits[family]]],
  ['dst', ['hmarkDstPrefix', ({ family }) => addressBits[family]]],
  ['sport', ['hmarkSportMask', () => 0xffff]],
  ['dport', ['hmarkDportMask', () => 0xffff]],
  ['spi', ['hmarkSpiMask', () => 0xffff_ffff]],
  ['proto', ['hmarkProtoMask', () => 0xffff]],
])

// iptables-extensions(8), HMARK
export const HMARK = target('HMARK', {
  about: 'Gives the packet a mark that is computed from its addresses, ports and protocol.',
  settle: ({ hmarkTuple, ...given }, context) => {
    const fields: Record<string, unknown> = {}
    for (const member of Array.isArray(hmarkTuple) ? hmarkTuple : []) {
      const [key, bits] = wholeFields.get(member) ?? []
      if (key === undefined || bits === undefined) fields.hmarkTuple = ['ct']
      else if (key in given) throw new Refusal(`${member} in hmarkTuple cannot stand beside ${key}`)
      else fields[key] = bits(context)
    }
    return { ...given, ...fields }
  },
  refuses: ({ hmarkRnd, hmarkMod, hmarkOffset, ...fields }) => {
    const { hmarkSpiMask, hmarkSportMask, hmarkDportMask, hmarkSpi, hmarkSport, hmarkDport } = fields
    if (Object.keys(fields).length === 0) return 'HMARK needs hmarkTuple or another field to compute from'
    const masks = hmarkSpiMask !== undefined && (hmarkSportMask ?? hmarkDportMask) !== undefined
    const values = hmarkSpi !== undefined && (hmarkSport ?? hmarkDport) !== undefined
    return masks || values ? 'a packet has either ports or a security parameter index' : undefined
  },
  options: {
    hmarkSrcPrefix: option('--hmark-src-prefix', prefixLengthOrMask, {
      about: 'How many bits of the source address count.',
    }),
    hmarkDstPrefix: option('--hmark-dst-prefix', prefixLengthOrMask, {
      about: 'How many bits of the destination address count.',
    }),
    hmarkSportMask: option('--hmark-sport-mask', bits16, {
      about: 'The bits of the source port that count.',
    }),
    hmarkDportMask: option('--hmark-dport-mask', bits16, {
      about: 'The bits of the destination port that count.',
    }),
    hmarkSpiMask: option('--hmark-spi-mask', paddedBits32, {
      about: 'The bits of the security parameter index of AH and ESP that count.',
    }),
    hmarkSport: option('--hmark-sport', bits16, {
      about: 'Bits that are set in the source port beforehand.',
    }),
    hmarkDport: option('--hmark-dport', bits16, {
      about: 'Bits that are set in the destination port beforehand.',
    }),
    hmarkSpi: option('--hmark-spi', paddedBits32, {
      about: 'Bits that are set in the security parameter index beforehand.',
    }),
    hmarkProtoMask: option('--hmark-proto-mask', hexadecimal(0xffff, 2), {
      about: 'The bits of the protocol number that count.',
    }),
    hmarkRnd: option('--hmark-rnd', paddedBits32, { about: 'The seed of the hash.', required: true }),
    hmarkMod: option('--hmark-mod', integer(1, 4294967295), {
      about: 'How many different marks there are.',
      required: true,
    }),
    hmarkOffset: option('--hmark-offset', integer(0, 4294967295), { about: 'The first of the marks.' }),
    hmarkTuple: option('--hmark-tuple', choices(tuple), {
      about: 'Fields that count as a whole; ct takes them from the connection instead of the packet.',
    }),
  },
})
