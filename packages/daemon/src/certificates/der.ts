/**
 * The Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as a certificate needs them written. Nothing is read:
 * what others wrote is for OpenSSL.
 */

const BOOLEAN = 0x01
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const SEQUENCE = 0x30
const SET = 0x31
const CONTEXT = 0x80
const CONSTRUCTED = 0x20

export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return element(SEQUENCE, ...contents)
}

/** Of one element: the order of more would matter. */
export function setOfOne(content: Uint8Array): Uint8Array {
  return element(SET, content)
}

/** @param bytes a number that is not negative, the highest byte first */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first)
  return element(INTEGER, ...((digits[0] ?? 0) >= 0x80 ? [Uint8Array.of(0)] : []), digits)
}

/** @param unused bits of the last byte that do not belong to it */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return element(BIT_STRING, Uint8Array.of(unused), bytes)
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(OCTET_STRING, content)
}

export function boolean(value: boolean): Uint8Array {
  return element(BOOLEAN, Uint8Array.of(value ? 0xff : 0))
}

/** @param dotted such as `2.5.29.17` */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(OBJECT_IDENTIFIER, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

export function utf8String(text: string): Uint8Array {
  return element(UTF8_STRING, Buffer.from(text))
}

/** As RFC 5280, 4.1.2.5 wants it: with a year of two digits until 2049. Whole seconds. */
export function time(moment: Date): Uint8Array {
  const digits = moment.toISOString().replaceAll(/\.\d+|[^\dZ]/g, '')
  return moment.getUTCFullYear() < 2050
    ? element(UTC_TIME, Buffer.from(digits.slice(2)))
    : element(GENERALIZED_TIME, Buffer.from(digits))
}

/** What stands in a structure under a number of its own, around an element. */
export function explicit(number: number, content: Uint8Array): Uint8Array {
  return element(CONTEXT | CONSTRUCTED | number, content)
}

/** What stands in a structure under a number of its own, instead of its own tag. */
export function implicit(number: number, content: Uint8Array): Uint8Array {
  return element(CONTEXT | number, content)
}

function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(length)), ...contents])
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

function base128(value: number): number[] {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(0x80 | (rest % 128))
  return bytes
}
