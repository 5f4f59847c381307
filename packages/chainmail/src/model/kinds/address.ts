import { type Family, formatIpv6, scanIpv4, scanIpv6 } from '@chainmail/kernel/address'
import { type Addressed, type Bounded, type Context, type Kind, wordKind } from '../kind.ts'

/**
 * An address or a network: `'192.0.2.7'`, `'192.0.2.0/24'`, `'2001:db8::/32'`, or with a mask that is no
 * prefix: `'10.0.3.0/255.0.255.0'`. Held without `/32` or `/128`, and with the host bits cleared where iptables
 * clears them.
 */
export type Network = string

const QUAD = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$/
const PREFIX = /^\d{1,3}$/

/** The 32 bits of an IPv4 address; missing bytes at the end are 0, as iptables reads `10/8`. */
function readQuad(text: string): number | undefined {
  const parts = QUAD.exec(text)
  if (parts === null) return undefined
  let bits = 0
  for (let index = 1; index <= 4; index++) {
    const digits = parts[index] ?? '0'
    const byte = Number(digits)
    if (byte > 255 || (digits.length > 1 && digits.startsWith('0'))) return undefined
    bits = bits * 256 + byte
  }
  return bits
}

function writeQuad(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`
}

/** The bits of a prefix length, 0 to 32. */
function prefixMask(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
}

/** The bits of a mask: a prefix length of 0 to 32, or an address in full. */
function readMask(text: string): number | undefined {
  if (!PREFIX.test(text)) return wholeQuad(text)
  const length = Number(text)
  return length > 32 ? undefined : prefixMask(length)
}

/** The 32 bits of an IPv4 address that is written in full. */
function wholeQuad(text: string): number | undefined {
  const bits = scanIpv4(text, 0, text.length)
  return bits === -1 ? undefined : bits
}

/** An address that is canonical already stays the text that it is. */
function readIpv4(word: string, clear: boolean): Network | undefined {
  const slash = word.indexOf('/')
  const spelt = slash === -1 ? word : word.slice(0, slash)
  const whole = wholeQuad(spelt)
  const address = whole ?? readQuad(spelt)
  if (address === undefined) return undefined
  if (slash === -1) return whole === undefined ? writeQuad(address) : spelt
  const mask = readMask(word.slice(slash + 1))
  if (mask === undefined) return undefined
  const masked = clear ? (address & mask) >>> 0 : address
  const text = masked === whole ? spelt : writeQuad(masked)
  if (mask === 0xffffffff) return text
  const length = Math.clz32(~mask)
  return `${text}/${prefixMask(length) === mask ? length : writeQuad(mask)}`
}

function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16)
  return scanIpv6(text, 0, text.length, bytes, 0) ? bytes : undefined
}

function readIpv6(word: string, clear: boolean): Network | undefined {
  const slash = word.indexOf('/')
  const address = parseIpv6(slash === -1 ? word : word.slice(0, slash))
  if (address === undefined) return undefined
  if (slash === -1) return formatIpv6(address, 0)
  const maskText = word.slice(slash + 1)
  const prefix = PREFIX.test(maskText) ? Number(maskText) : undefined
  if (prefix !== undefined && prefix > 128) return undefined
  const mask = prefix === undefined ? parseIpv6(maskText) : ipv6Mask(prefix)
  if (mask === undefined) return undefined
  const masked = formatIpv6(clear ? address.map((byte, index) => byte & (mask[index] ?? 0)) : address, 0)
  const length = prefix ?? prefixLength(mask)
  if (length === 128) return masked
  return `${masked}/${length ?? formatIpv6(mask, 0)}`
}

function ipv6Mask(length: number): Uint8Array {
  return Uint8Array.from(
    { length: 16 },
    (_, index) => (0xff00 >>> Math.min(8, Math.max(0, length - index * 8))) & 0xff,
  )
}

/** The length of a mask that is a prefix, else undefined. */
function prefixLength(mask: Uint8Array): number | undefined {
  let length = 0
  while (length < 128 && ((mask[length >> 3] ?? 0) & (0x80 >>> (length & 7))) !== 0) length++
  return ipv6Mask(length).every((byte, index) => byte === mask[index]) ? length : undefined
}

/** An address or network with its host bits kept; undefined if the word is none. */
export function readNetwork(word: string, family: Family): Network | undefined {
  return family === 'ipv4' ? readIpv4(word, false) : readIpv6(word, false)
}

const definition = {
  expects: 'an address or network of the rule’s family, such as 192.0.2.0/24 or 2001:db8::/32',
  schema: { type: 'string', examples: ['192.0.2.0/24', '2001:db8::/32'] },
}

/** An address or network with its host bits kept, printed without `/32` and `/128`. */
export const network: Kind<Network> & Addressed = wordKind({
  ...definition,
  read: (word, { family }) => readNetwork(word, family),
})

/** An address or network with its host bits cleared, printed with its mask whatever it is. */
export const maskedNetwork: Kind<Network> & Addressed = wordKind({
  ...definition,
  read: (word, { family }: Context) => (family === 'ipv4' ? readIpv4(word, true) : readIpv6(word, true)),
  write: (value, { family }) => (value.includes('/') ? value : `${value}/${family === 'ipv4' ? 32 : 128}`),
})

/** The addresses from the first to the last, both included: `'192.0.2.1-192.0.2.9'`. */
export type AddressRange = `${string}-${string}`

/** Two addresses, or one that stands for both; back to front too, which matches nothing. */
export const addressRange: Kind<AddressRange, string> & Addressed = wordKind<AddressRange, string>({
  expects: 'a range of addresses of the rule’s family, such as 192.0.2.1-192.0.2.9',
  schema: { type: 'string', examples: ['192.0.2.1-192.0.2.9'] },
  read: (word, { family }) => {
    const dash = word.indexOf('-')
    const first = readAddress(dash === -1 ? word : word.slice(0, dash), family)
    const last = dash === -1 ? first : readAddress(word.slice(dash + 1), family)
    return first === undefined || last === undefined ? undefined : `${first}-${last}`
  },
})

/** A prefix length of the rule's family: `24`; a mask that is a prefix is read too. */
export const prefixLengthOrMask: Kind<number, number | string> & Bounded<0, 128> = wordKind<
  number,
  number | string
>({
  expects: 'a prefix length (0 to 32 for IPv4, 0 to 128 for IPv6)',
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: 128 }, { type: 'string' }] },
  read: (word, { family }) => {
    const zero = family === 'ipv4' ? `0.0.0.0/${word}` : `::/${word}`
    const read = family === 'ipv4' ? readIpv4(zero, false) : readIpv6(zero, false)
    if (read === undefined) return undefined
    const length = read.slice(read.indexOf('/') + 1)
    if (!read.includes('/')) return family === 'ipv4' ? 32 : 128
    return PREFIX.test(length) ? Number(length) : undefined
  },
})

/** One address written in full: `'192.0.2.7'`, `'2001:db8::7'`. */
export type Address = string

/** An address as save prints it, or undefined; what inet_aton(3) makes of `10.1` is nothing to guess at. */
export function readAddress(word: string, family: Family): Address | undefined {
  if (family === 'ipv4') return wholeQuad(word) === undefined ? undefined : word
  const bytes = parseIpv6(word)
  return bytes === undefined ? undefined : formatIpv6(bytes, 0)
}

export const address: Kind<Address> & Addressed = wordKind({
  expects: 'an address of the rule’s family, such as 192.0.2.7 or 2001:db8::7',
  schema: { type: 'string', examples: ['192.0.2.7', '2001:db8::7'] },
  read: (word, { family }) => readAddress(word, family),
})

/** A network whose mask is a prefix, with its host bits cleared, printed with its mask whatever it is. */
export const prefixNetwork: Kind<Network> & Addressed = wordKind({
  ...definition,
  read: (word, { family, iptables }) => {
    const read = family === 'ipv4' ? readIpv4(word, true) : readIpv6(word, true)
    const [written = ''] = word.split('/')
    if (read === undefined || (family === 'ipv4' && written.split('.').length !== 4)) return undefined
    const [, mask = ''] = read.split('/')
    return mask === '' || PREFIX.test(mask) || iptables !== undefined ? read : undefined
  },
  write: (value, context) => maskedNetwork.render(value, context),
})

/** Whether the network holds every address of its family. */
export function isEverything(value: Network): boolean {
  return value.endsWith('/0')
}
