/**
 * A message of many entries, all on their way into one set or out of it.
 *
 * 1. A million entries a second: hundreds of entries go in one message, encoded straight into one buffer.
 * 2. Every entry has an outcome: each carries its line number (IPSET_ATTR_LINENO), the kernel stops at the first that
 *    it refuses and names its line; all before it are in.
 * 3. Going on after a refusal costs no copying: the message's head is put in front of the entries that are left,
 *    over those that are done, and sent from there.
 */
import type { KernelError } from '../errors.ts'
import { attributesIn } from '../netlink/attributes.ts'
import {
  align,
  hostLittleEndian,
  MessageWriter,
  NLA_F_NET_BYTEORDER,
  NLA_HDRLEN,
  NLA_TYPE_MASK,
  NLM_F_EXCL,
} from '../netlink/message.ts'
import type { Refusal } from '../netlink/refusal.ts'
import type { EntryCodec, EntryInput } from './entry.ts'
import { malformedEntry } from './entry-reader.ts'
import {
  beginMessage,
  dataNumber,
  entriesNumber,
  entryAttributes,
  entryMessage,
  generalMessageLength,
  type SetFamily,
} from './messages.ts'
import type { Exists } from './protocol.ts'
import { explain } from './refusal.ts'

/** Where the entries of a bulk go. */
export interface BulkTarget {
  protocol: number
  command: 'add' | 'del'
  name: string
  family: SetFamily
  codec: EntryCodec
}

/** In bytes, of the entries of one message. IPSET_ATTR_ADT, an attribute, holds less than 64 KiB. */
const usualSize = 16 * 1024
const smallestSize = 2 * 1024
const largestSize = 56 * 1024

const IP = entryAttributes.number('ip')
const IP2 = entryAttributes.number('ip2')
const LINE = entryMessage.number('line')

export class BulkMessage {
  readonly writer = new MessageWriter()
  readonly #target: BulkTarget
  readonly #flags: number
  /** The entries of the message, and where each begins; an entry that was copied has no text. */
  #entries: (EntryInput | undefined)[] = []
  #offsets: number[] = []
  /** The index of each entry among all that are sent. */
  #indexes: number[] = []
  #headLength = 0
  #size = usualSize

  constructor(target: BulkTarget, exists: Exists | undefined) {
    this.#target = target
    this.#flags = exists === 'ignore' ? 0 : NLM_F_EXCL
  }

  get count(): number {
    return this.#entries.length
  }

  get isFull(): boolean {
    return this.writer.position - this.#headLength > this.#size
  }

  /**
   * Makes the next messages smaller or larger. The kernel sends the whole rest of a message back with each refusal, and
   * takes 2,000 entries in a millisecond.
   */
  resize(wereRefused: boolean): void {
    this.#size = wereRefused ? smallestSize : Math.min(largestSize, 2 * this.#size)
  }

  /** An entry as it was given; one that was copied has no text. */
  entry(position: number): EntryInput | undefined {
    return this.#entries[position]
  }

  begin(): void {
    const { writer } = this
    this.#entries = []
    this.#indexes = []
    this.#offsets = []
    beginMessage(writer, this.#target.command, this.#flags)
    entryMessage.write(writer, { protocol: this.#target.protocol, setname: this.#target.name, line: 0 })
    writer.beginNested(entriesNumber)
    this.#headLength = writer.position
  }

  /** @throws InputError, and leaves the message as it was */
  append(entry: EntryInput, index: number): void {
    const offset = this.writer.position
    this.#target.codec.write(this.writer, entry, this.#entries.length + 1)
    this.#offsets.push(offset)
    this.#indexes.push(index)
    this.#entries.push(entry)
  }

  /** Appends an entry as the kernel has listed it: the attributes of an IPSET_ATTR_DATA, from `start` to `end`. */
  copy(bytes: Uint8Array, start: number, end: number, index: number): void {
    const { writer } = this
    const at = writer.beginNested(dataNumber)
    const length = end - start
    writer.reserve(length)
    writer.bytes.set(bytes.subarray(start, end), writer.position)
    markAddresses(writer, writer.position, writer.position + length)
    writer.position += length
    writer.uint32be(LINE | NLA_F_NET_BYTEORDER, this.#entries.length + 1)
    writer.endNested(at)
    this.#offsets.push(at)
    this.#indexes.push(index)
    this.#entries.push(undefined)
  }

  /**
   * Makes the message ready to be sent from an entry on: its head is put in front of that. The head may lie over
   * itself, so it is always taken from where it was.
   */
  seal(entry: number): MessageWriter {
    const { writer } = this
    if (entry > 0) {
      const start = (this.#offsets[entry] ?? 0) - this.#headLength
      writer.bytes.copyWithin(start, writer.start, writer.start + this.#headLength)
      writer.start = start
    }
    writer.endNested(writer.start + this.#headLength - NLA_HDRLEN)
    return writer
  }

  /**
   * Which entry the kernel has refused.
   * @throws KernelError when it names none that was sent, from `from` on: then it refused the message as a whole
   */
  refused(refusal: Refusal, from: number): number {
    const line = echoedLine(refusal)
    if (line > from && line <= this.#entries.length) return line - 1
    throw this.explain(refusal, from)
  }

  explain(refusal: Refusal, position: number): KernelError {
    const { command, name, family, codec } = this.#target
    const entry = this.#entries[position]
    const element = typeof entry === 'string' ? entry : entry?.element
    return explain(
      { command, name, type: codec.typeName, family, element, line: this.#indexes[position] },
      refusal,
    )
  }
}

/** The kernel wants NLA_F_NET_BYTEORDER on the addresses that it is sent, and leaves it out of those that it lists. */
function markAddresses({ view }: MessageWriter, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const length = view.getUint16(at, hostLittleEndian)
    if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
    const number = view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK
    if ((number === IP || number === IP2) && length > 2 * NLA_HDRLEN) {
      const type = view.getUint16(at + NLA_HDRLEN + 2, hostLittleEndian)
      view.setUint16(at + NLA_HDRLEN + 2, type | NLA_F_NET_BYTEORDER, hostLittleEndian)
    }
    at += align(length)
  }
}

/** The line number in the request that the kernel sends back, or 0: errors that concern no entry have none. */
function echoedLine(refusal: Refusal): number {
  const { request } = refusal
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength)
  const payload = { bytes: request, view, start: generalMessageLength, end: request.length }
  for (const { type, start, end } of attributesIn(payload))
    if ((type & NLA_TYPE_MASK) === LINE && end - start === 4) return view.getUint32(start)
  return 0
}
