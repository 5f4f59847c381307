/**
 * IPv4 and IPv6 addresses: text to bytes and back.
 *
 * Goals, and how each is reached:
 * 1. Bulk loads parse millions of addresses: the scanners work on character codes inside a larger text and allocate
 *    nothing.
 * 2. One text for one address: the formatters write what inet_ntop(3), and so `ip`, `ipset save` and
 *    `iptables-save` write. That is RFC 5952, with the dotted form of its section 5 for ::ffff:0:0/96 and ::/96.
 * 3. Nothing ambiguous is let in: no leading zeros in IPv4 (octal to some), no short forms, no zone names, no blanks.
 */
import { InputError, quote } from './errors.ts'

export type Family = 'ipv4' | 'ipv6'

/** An address, or a network when `prefix` is shorter than the whole address. Host bits are kept as they were given. */
export interface Address {
  family: Family
  /** 4 or 16 bytes in network order. */
  bytes: Uint8Array
  /** 0 to 32, or 0 to 128. */
  prefix: number
}

/** A text that is not an address; the code is `bad-address`. */
export class AddressError extends InputError {
  override readonly name = 'AddressError'

  constructor(message: string) {
    super('bad-address', message)
  }
}

const DOT = 0x2e
const COLON = 0x3a
const ZERO = 0x30
const NINE = 0x39

const octets: readonly string[] = Array.from({ length: 256 }, (_, octet) => String(octet))
const dottedOctets: readonly string[] = octets.map((octet) => `${octet}.`)

/** The number of bits of a whole address. */
export function addressBits(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128
}

/**
 * Parses `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1` or `2001:db8::/32`. Without a prefix it is the whole address's.
 * @throws AddressError
 */
export function parseAddress(text: string): Address {
  const slash = text.indexOf('/')
  const end = slash === -1 ? text.length : slash
  const { family, bytes } = parseBytes(text, end)
  if (slash === -1) return { family, bytes, prefix: addressBits(family) }
  const prefix = scanPrefix(text, slash + 1, text.length, family)
  if (prefix < 0)
    throw new AddressError(
      `${quote(text)} does not end in a prefix length from 0 to ${addressBits(family)}, as in 192.0.2.0/24.`,
    )
  return { family, bytes, prefix }
}

function parseBytes(text: string, end: number): { family: Family; bytes: Uint8Array } {
  const value = scanIpv4(text, 0, end)
  if (value >= 0)
    return { family: 'ipv4', bytes: Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value) }
  const bytes = parseIpv6(text.slice(0, end))
  if (bytes !== undefined) return { family: 'ipv6', bytes }
  throw new AddressError(
    `${quote(text)} is not an IPv4 or IPv6 address. Write four decimal numbers such as 192.0.2.1, or IPv6 such as 2001:db8::1.`,
  )
}

/** The 16 bytes of an IPv6 address without a prefix, or undefined when the text is not one. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16)
  return scanIpv6(text, 0, text.length, bytes, 0) ? bytes : undefined
}

/** The text of an address; the prefix is written when it is shorter than the address. */
export function formatAddress(address: Address): string {
  const text = address.family === 'ipv4' ? formatIpv4(address.bytes) : formatIpv6(address.bytes)
  return address.prefix === addressBits(address.family) ? text : `${text}/${address.prefix}`
}

/** The address as a number from 0 to 4294967295, or -1 when `text` from `start` to `end` is not an IPv4 address. */
export function scanIpv4(text: string, start: number, end: number): number {
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && octet === 0) return -1
      octet = octet * 10 + code - ZERO
      digits++
      if (octet > 255) return -1
    } else if (code === DOT) {
      if (digits === 0 || ++dots > 3) return -1
      value = (value << 8) | octet
      octet = 0
      digits = 0
    } else return -1
  }
  if (digits === 0 || dots !== 3) return -1
  return ((value << 8) | octet) >>> 0
}

/** Writes 16 bytes at `offset` of `target`, or returns false when `text` from `start` to `end` is not IPv6. */
export function scanIpv6(
  text: string,
  start: number,
  end: number,
  target: Uint8Array,
  offset: number,
): boolean {
  let written = 0
  let gap = -1
  let index = start
  if (end - start < 2) return false
  if (text.charCodeAt(start) === COLON) {
    if (text.charCodeAt(start + 1) !== COLON) return false
    gap = 0
    index = start + 2
  }
  while (index < end) {
    if (written > 14) return false
    const groupStart = index
    let group = 0
    while (index < end) {
      const digit = hexadecimalDigit(text.charCodeAt(index))
      if (digit < 0) break
      if (index - groupStart === 4) return false
      group = (group << 4) | digit
      index++
    }
    if (index === groupStart) return false
    if (index < end && text.charCodeAt(index) === DOT) {
      const value = scanIpv4(text, groupStart, end)
      if (value < 0 || written > 12) return false
      target[offset + written] = value >>> 24
      target[offset + written + 1] = value >>> 16
      target[offset + written + 2] = value >>> 8
      target[offset + written + 3] = value
      written += 4
      index = end
      break
    }
    target[offset + written] = group >>> 8
    target[offset + written + 1] = group
    written += 2
    if (index === end) break
    if (text.charCodeAt(index) !== COLON) return false
    index++
    if (index === end) return false
    if (text.charCodeAt(index) === COLON) {
      if (gap !== -1) return false
      gap = written
      index++
    }
  }
  if (gap === -1) return written === 16
  if (written > 14) return false
  target.copyWithin(offset + 16 - (written - gap), offset + gap, offset + written)
  target.fill(0, offset + gap, offset + 16 - (written - gap))
  return true
}

function hexadecimalDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** The prefix length in `text` from `start` to `end`, or -1 when it is not a decimal number in the family's range. */
export function scanPrefix(text: string, start: number, end: number, family: Family): number {
  const length = end - start
  if (length < 1 || length > 3) return -1
  if (length > 1 && text.charCodeAt(start) === ZERO) return -1
  let prefix = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code < ZERO || code > NINE) return -1
    prefix = prefix * 10 + code - ZERO
  }
  return prefix <= addressBits(family) ? prefix : -1
}

/** Dotted decimal of the 4 bytes at `offset`. Joined in pairs, since each `+` makes a string. */
export function formatIpv4(bytes: Uint8Array, offset = 0): string {
  const upper = dotted(bytes, offset) + dotted(bytes, offset + 1)
  return upper + (dotted(bytes, offset + 2) + (octets[bytes[offset + 3] ?? 0] ?? ''))
}

function dotted(bytes: Uint8Array, offset: number): string {
  return dottedOctets[bytes[offset] ?? 0] ?? ''
}

/** Canonical text of the 16 bytes at `offset`. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  let zeros = -1
  let zerosLength = 1
  for (let group = 0; group < 8; group++) {
    let length = 0
    while (group + length < 8 && groupValue(bytes, offset, group + length) === 0) length++
    if (length > zerosLength) {
      zeros = group
      zerosLength = length
    }
    group += length
  }
  const endsInIpv4 =
    zeros === 0 && (zerosLength === 6 || (zerosLength === 5 && groupValue(bytes, offset, 5) === 0xffff))
  const groups = endsInIpv4 ? 6 : 8
  let text = ''
  for (let group = 0; group < groups; group++) {
    if (group === zeros) {
      text += '::'
      group += zerosLength - 1
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':'
      text += groupValue(bytes, offset, group).toString(16)
    }
  }
  if (!endsInIpv4) return text
  return `${text.endsWith(':') ? text : `${text}:`}${formatIpv4(bytes, offset + 12)}`
}

function groupValue(bytes: Uint8Array, offset: number, group: number): number {
  const at = offset + group * 2
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
