/** Ports, with and without a protocol. */
import { InputError, quote } from '../errors.ts'
import { type MessageWriter, NLA_F_NET_BYTEORDER } from '../netlink/message.ts'
import type { ElementCodec } from './element-codec.ts'
import { type EntryReader, malformedEntry } from './entry-reader.ts'
import { icmp, icmpv6 } from './icmp.ts'
import { entryAttributes } from './messages.ts'
import { hasPorts, ICMP, ICMPV6, protocolName, protocolNumber, TCP } from './protocols.ts'

const PORT = entryAttributes.number('port')
const PORT_TO = entryAttributes.number('portTo')
const PROTOCOL = entryAttributes.number('protocol')

const COLON = ':'
const maximumPort = 0xffff

/** A protocol and a port, a range of ports, an ICMP type and code, or 0 where the protocol has none of these. */
export const portCodec: ElementCodec = {
  write(writer, text, start, end) {
    const colon = colonPosition(text, start, end)
    const protocol = colon < start ? TCP : protocolNumber(text.slice(start, colon))
    const from = colon < start ? start : colon + 1
    if (protocol === undefined)
      throw new InputError(
        'bad-element',
        `${quote(text.slice(start, colon))} is not a protocol. Write tcp, udp, another name of ipset(8), or a number from 1 to 255.`,
      )
    if (hasPorts(protocol)) writePorts(writer, text, from, end)
    else writePort(writer, PORT, otherPort(protocol, text, start, from, end))
    writer.uint8(PROTOCOL, protocol)
    return 0
  },
  read(entry) {
    const at = entry.exact(PROTOCOL, 1)
    if (at === 0) throw malformedEntry()
    const protocol = entry.bytes[at] ?? 0
    return protocolName(protocol) + COLON + portText(protocol, readPort(entry))
  },
}

/** A port or a range; a protocol in front of it is read over, as in ipset(8), since such sets have none. */
export const barePortCodec: ElementCodec = {
  write(writer, text, start, end) {
    const colon = colonPosition(text, start, end)
    if (colon >= start && !hasPorts(protocolNumber(text.slice(start, colon)) ?? 0))
      throw new InputError(
        'bad-element',
        `${quote(text.slice(start, end))} has no port of TCP or UDP. Write 80, 5000-5010 or tcp:80.`,
      )
    writePorts(writer, text, colon < start ? start : colon + 1, end)
    return 0
  },
  read: (entry) => String(readPort(entry)),
}

function writePorts(writer: MessageWriter, text: string, start: number, end: number): void {
  const dash = text.indexOf('-', start)
  const isRange = dash !== -1 && dash < end
  const first = scanPort(text, start, isRange ? dash : end)
  const last = isRange ? scanPort(text, dash + 1, end) : first
  if (first < 0 || last < 0)
    throw new InputError(
      'bad-element',
      `${quote(text.slice(start, end))} is not a port or a range of ports. Write numbers from 0 to ${maximumPort}, such as 80 or 5000-5010; names of services are not read.`,
    )
  if (first > last)
    throw new InputError(
      'bad-element',
      `The range of ports ${quote(text.slice(start, end))} ends before it begins. Swap its two ports.`,
    )
  writePort(writer, PORT, first)
  if (isRange) writePort(writer, PORT_TO, last)
}

function writePort(writer: MessageWriter, number: number, port: number): void {
  writer.uint16be(number | NLA_F_NET_BYTEORDER, port)
}

/** What stands for the port of a protocol without ports, in `text` from `from` to `end`; the part begins at `start`. */
function otherPort(protocol: number, text: string, start: number, from: number, end: number): number {
  const word = text.slice(from, end)
  if (protocol !== ICMP && protocol !== ICMPV6) {
    if (word === '0') return 0
    throw new InputError(
      'bad-element',
      `The protocol ${protocolName(protocol)} has no ports: write ${protocolName(protocol)}:0, not ${quote(text.slice(start, end))}.`,
    )
  }
  const isIpv6 = text.lastIndexOf(COLON, start - 1) !== -1
  if (start > 0 && isIpv6 !== (protocol === ICMPV6))
    throw new InputError(
      'bad-element',
      `${quote(text)} mixes the families: icmp goes with IPv4 addresses, icmpv6 with IPv6.`,
    )
  const port = (protocol === ICMP ? icmp : icmpv6).parse(word)
  if (port !== undefined) return port
  throw new InputError(
    'bad-element',
    `${quote(word)} is not a type of ${protocol === ICMP ? 'ICMP' : 'ICMPv6'}. Write a name such as echo-request, or type/code such as ${protocol === ICMP ? '8/0' : '128/0'}.`,
  )
}

function portText(protocol: number, port: number): string {
  if (protocol === ICMP) return icmp.format(port)
  return protocol === ICMPV6 ? icmpv6.format(port) : String(port)
}

function readPort(entry: EntryReader): number {
  const at = entry.exact(PORT, 2)
  if (at === 0) throw malformedEntry()
  return entry.view.getUint16(at)
}

/** Where the first colon of the part stands, or -1. */
function colonPosition(text: string, start: number, end: number): number {
  const colon = text.indexOf(COLON, start)
  return colon < end ? colon : -1
}

/** The port in `text` from `start` to `end`, or -1 when it is not a decimal number from 0 to 65535. */
export function scanPort(text: string, start: number, end: number): number {
  const length = end - start
  if (length < 1 || length > 5 || (length > 1 && text[start] === '0')) return -1
  let port = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return -1
    port = port * 10 + digit
  }
  return port <= maximumPort ? port : -1
}
