/** The addresses, networks and ranges in elements. */
import {
  addressBits,
  type Family,
  formatIpv4,
  formatIpv6,
  scanIpv4,
  scanIpv6,
  scanPrefix,
} from '../address.ts'
import { InputError, quote } from '../errors.ts'
import {
  hostLittleEndian,
  type MessageWriter,
  NLA_F_NESTED,
  NLA_F_NET_BYTEORDER,
} from '../netlink/message.ts'
import type { ElementCodec } from './element-codec.ts'
import { type EntryReader, malformedEntry } from './entry-reader.ts'
import { addressAttributes, entryAttributes } from './messages.ts'

const IPV4 = addressAttributes.number('ipv4') | NLA_F_NET_BYTEORDER
const IPV6 = addressAttributes.number('ipv6') | NLA_F_NET_BYTEORDER

/** An address with a prefix, or a range: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`, `2001:db8::/32`. */
export function addressCodec(
  address: 'ip' | 'ip2',
  rangeEnd: 'ipTo' | 'ip2To',
  prefix: 'cidr' | 'cidr2',
): ElementCodec {
  const addressNumber = entryAttributes.number(address)
  const rangeEndNumber = entryAttributes.number(rangeEnd)
  const prefixNumber = entryAttributes.number(prefix)

  function writeNetworkOrRange(writer: MessageWriter, text: string, start: number, end: number): void {
    const separator = separatorPosition(text, start, end)
    const family = writeAddress(writer, addressNumber, text, start, separator)
    if (separator === end) return
    if (text[separator] === '-') {
      const from = writer.position
      if (writeAddress(writer, rangeEndNumber, text, separator + 1, end) !== family)
        throw badAddress(text, start, end)
      if (family === 'ipv4' && writer.view.getUint32(from - 4) > writer.view.getUint32(writer.position - 4))
        throw new InputError(
          'bad-element',
          `The range ${quote(text.slice(start, end))} ends before it begins. Swap its two addresses.`,
        )
      return
    }
    const length = scanPrefix(text, separator + 1, end, family)
    if (length < 0) throw badAddress(text, start, end)
    if (length < addressBits(family)) writer.uint8(prefixNumber, length)
  }

  return {
    write(writer, text, start, end) {
      const value = scanIpv4(text, start, end)
      if (value >= 0) writeIpv4(writer, addressNumber, value)
      else writeNetworkOrRange(writer, text, start, end)
      return 0
    },
    read(entry) {
      const text = readAddress(entry, addressNumber)
      const prefixAt = entry.exact(prefixNumber, 1)
      if (prefixAt === 0) return text
      const length = entry.bytes[prefixAt] ?? 0
      return length === (text.includes(':') ? 128 : 32) ? text : `${text}/${length}`
    },
  }
}

/**
 * One address, where the kernel would take a range or a network for its first address: `192.0.2.1`, `2001:db8::1`.
 * The prefix of a whole address may stand behind it.
 */
export function singleAddressCodec(address: 'ip' | 'ip2'): ElementCodec {
  const addressNumber = entryAttributes.number(address)
  return {
    write(writer, text, start, end) {
      const separator = separatorPosition(text, start, end)
      const family = writeAddress(writer, addressNumber, text, start, separator)
      const isWhole =
        text[separator] === '/' && scanPrefix(text, separator + 1, end, family) === addressBits(family)
      if (separator === end || isWhole) return 0
      throw new InputError(
        'bad-element',
        `${quote(text.slice(start, end))} is not a single address, and the set type takes no networks and ranges here. Write 192.0.2.1 or 2001:db8::1.`,
      )
    },
    read: (entry) => readAddress(entry, addressNumber),
  }
}

/** Two headers and 4 bytes, with the four numbers that never change written as two words. */
function writeIpv4(writer: MessageWriter, number: number, value: number): void {
  const at = writer.attribute(number | NLA_F_NESTED, 8)
  writer.view.setUint16(at, 8, hostLittleEndian)
  writer.view.setUint16(at + 2, IPV4, hostLittleEndian)
  writer.view.setUint32(at + 4, value)
}

function writeAddress(
  writer: MessageWriter,
  number: number,
  text: string,
  start: number,
  end: number,
): Family {
  const value = scanIpv4(text, start, end)
  if (value >= 0) {
    writeIpv4(writer, number, value)
    return 'ipv4'
  }
  const at = writer.attribute(number | NLA_F_NESTED, 20)
  writer.view.setUint16(at, 20, hostLittleEndian)
  writer.view.setUint16(at + 2, IPV6, hostLittleEndian)
  if (!scanIpv6(text, start, end, writer.bytes, at + 4)) throw badAddress(text, start, end)
  return 'ipv6'
}

/** Where the first `/` or `-` stands, or `end`. */
function separatorPosition(text: string, start: number, end: number): number {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2f || code === 0x2d) return index
  }
  return end
}

/** The address in an entry's attribute: a header of 4 bytes, and 4 or 16 bytes in network order. */
function readAddress(entry: EntryReader, number: number): string {
  const at = entry.start(number)
  const length = entry.payloadLength(number)
  if (at === 0 || (length !== 8 && length !== 20)) throw malformedEntry()
  return length === 8 ? formatIpv4(entry.bytes, at + 4) : formatIpv6(entry.bytes, at + 4)
}

function badAddress(text: string, start: number, end: number): InputError {
  return new InputError(
    'bad-element',
    `${quote(text.slice(start, end))} is not an address, a network or a range. Write 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9 or 2001:db8::/32.`,
  )
}
