/**
 * Netlink messages: struct nlmsghdr, and a writer that builds messages in one buffer that is used again and again.
 * Source: linux/netlink.h.
 */
import { endianness } from 'node:os'
import { KernelError } from '../errors.ts'

export const NLM_F_REQUEST = 0x01
export const NLM_F_ACK = 0x04
export const NLM_F_DUMP_INTR = 0x10
export const NLM_F_CAPPED = 0x100
export const NLM_F_ACK_TLVS = 0x200
export const NLM_F_EXCL = 0x200
export const NLM_F_DUMP = 0x300

export const NLMSG_NOOP = 1
export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3
export const NLMSG_OVERRUN = 4

export const NLA_F_NESTED = 0x8000
export const NLA_F_NET_BYTEORDER = 0x4000
/** An attribute's number without the two flags above. */
export const NLA_TYPE_MASK = 0x3fff
export const NLA_HDRLEN = 4
/** nla_len is 16 bits wide. */
const ATTRIBUTE_LIMIT = 0xffff

/** Netlink headers are in the machine's own byte order. */
export const hostLittleEndian = endianness() === 'LE'

export const headerLength = 16

/** Lengths are padded to 4 bytes (NLMSG_ALIGN, NLA_ALIGN). */
export function align(length: number): number {
  return (length + 3) & ~3
}

/** A received message: its header, and where its payload lies in the buffer that the socket received it in. */
export interface NetlinkMessage {
  type: number
  flags: number
  sequence: number
  portId: number
  /** The socket's receive buffer: valid until the next call on that socket. */
  bytes: Uint8Array
  view: DataView
  /** First byte of the payload, behind the header. */
  start: number
  /** Behind the last byte of the payload. */
  end: number
}

/**
 * Reads the message that begins at `offset` of a buffer holding `length` bytes.
 * @throws KernelError `netlink-malformed` when the header does not fit, or claims more than there is
 */
export function readMessage(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  length: number,
): NetlinkMessage {
  const available = length - offset
  const messageLength = available < headerLength ? 0 : view.getUint32(offset, hostLittleEndian)
  if (messageLength < headerLength || messageLength > available) {
    throw new KernelError(
      'netlink-malformed',
      `A netlink message of ${messageLength} bytes can't lie in the ${available} bytes that were received.`,
      { operation: 'netlink receive' },
    )
  }
  return {
    type: view.getUint16(offset + 4, hostLittleEndian),
    flags: view.getUint16(offset + 6, hostLittleEndian),
    sequence: view.getUint32(offset + 8, hostLittleEndian),
    portId: view.getUint32(offset + 12, hostLittleEndian),
    bytes,
    view,
    start: offset + headerLength,
    end: offset + messageLength,
  }
}

const encoder = new TextEncoder()

/**
 * Builds one message from `start` to `position` of a buffer that grows as needed and is kept for the next message.
 * Attribute lengths are padded with zeros, as the kernel's own are.
 */
export class MessageWriter {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView
  /** Where the message begins. */
  start = 0
  /** Where the next byte goes. */
  position = 0

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** The length of the message so far, in bytes. */
  get length(): number {
    return this.position - this.start
  }

  /** Begins a message at the front of the buffer. The socket adds what it needs to the flags when it sends it. */
  begin(type: number, flags: number): void {
    this.start = 0
    this.position = headerLength
    this.reserve(0)
    this.view.setUint16(4, type, hostLittleEndian)
    this.view.setUint16(6, flags, hostLittleEndian)
    this.view.setUint32(12, 0)
  }

  /** Writes the message's length, more flags and the sequence number into its header. */
  finish(flags: number, sequence: number): void {
    this.view.setUint32(this.start, this.length, hostLittleEndian)
    this.view.setUint16(
      this.start + 6,
      this.view.getUint16(this.start + 6, hostLittleEndian) | flags,
      hostLittleEndian,
    )
    this.view.setUint32(this.start + 8, sequence, hostLittleEndian)
  }

  /** Makes room for `length` more bytes. */
  reserve(length: number): void {
    const needed = this.position + length
    if (needed <= this.bytes.length) return
    let capacity = this.bytes.length * 2
    while (capacity < needed) capacity *= 2
    const grown = new Uint8Array(capacity)
    grown.set(this.bytes)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** Writes an attribute's header and returns where its payload begins, with room for it and its padding zeroed. */
  attribute(type: number, payloadLength: number): number {
    const length = NLA_HDRLEN + payloadLength
    if (length > ATTRIBUTE_LIMIT) throw attributeTooLong(length)
    const padded = align(length)
    this.reserve(padded)
    const at = this.position
    if (padded !== length) this.view.setUint32(at + padded - 4, 0)
    this.view.setUint16(at, length, hostLittleEndian)
    this.view.setUint16(at + 2, type, hostLittleEndian)
    this.position = at + padded
    return at + NLA_HDRLEN
  }

  /** An attribute that holds attributes: everything until `endNested`. Returns what `endNested` wants. */
  beginNested(type: number): number {
    return this.attribute(type | NLA_F_NESTED, 0) - NLA_HDRLEN
  }

  endNested(at: number): void {
    const length = this.position - at
    if (length > ATTRIBUTE_LIMIT) throw attributeTooLong(length)
    this.view.setUint16(at, length, hostLittleEndian)
  }

  uint8(type: number, value: number): void {
    const at = this.attribute(type, 1)
    this.view.setUint8(at, value)
  }

  /** 16 bits in network order. */
  uint16be(type: number, value: number): void {
    const at = this.attribute(type, 2)
    this.view.setUint16(at, value)
  }

  /** 32 bits in network order. */
  uint32be(type: number, value: number): void {
    const at = this.attribute(type, 4)
    this.view.setUint32(at, value)
  }

  /** 64 bits in network order. */
  uint64be(type: number, value: bigint): void {
    const at = this.attribute(type, 8)
    this.view.setBigUint64(at, value)
  }

  binary(type: number, value: Uint8Array): void {
    const at = this.attribute(type, value.length)
    this.bytes.set(value, at)
  }

  /** A string in UTF-8, closed by a NUL. Plain ASCII, as names are, is written without a detour. */
  string(type: number, value: string): void {
    const before = this.position
    const at = this.attribute(type, value.length + 1)
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) {
        this.position = before
        const utf8 = encoder.encode(value)
        const start = this.attribute(type, utf8.length + 1)
        this.bytes.set(utf8, start)
        this.bytes[start + utf8.length] = 0
        return
      }
      this.bytes[at + index] = code
    }
    this.bytes[at + value.length] = 0
  }
}

function attributeTooLong(length: number): RangeError {
  return new RangeError(`A netlink attribute holds at most ${ATTRIBUTE_LIMIT} bytes, not ${length}.`)
}
