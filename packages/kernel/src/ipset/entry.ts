/**
 * Set entries: from a text and options to netlink attributes, and back. This is the hot path of bulk loads and
 * listings, so it writes and reads the attributes itself; a test holds it equal to the attribute table.
 */
import { InputError, quote } from '../errors.ts'
import {
  align,
  hostLittleEndian,
  type MessageWriter,
  NLA_F_NET_BYTEORDER,
  NLA_HDRLEN,
  NLA_TYPE_MASK,
} from '../netlink/message.ts'
import type { ElementCodec } from './element-codec.ts'
import { elementCodecs } from './elements.ts'
import {
  type EntryRequest,
  readEntryOptions,
  type SetEntry,
  writeEntryFlags,
  writeEntryOptions,
} from './entry-options.ts'
import { EntryReader, malformedEntry } from './entry-reader.ts'
import { dataNumber, entryAttributes } from './messages.ts'
import { TextBatch } from './text-batch.ts'
import { type SetTypeDefinition, setType } from './types.ts'

/** What can be added, deleted and tested: an element, or an element with options. */
export type EntryInput = string | EntryRequest

const LINE = entryAttributes.number('line') | NLA_F_NET_BYTEORDER

const IP = entryAttributes.number('ip')
const CIDR = entryAttributes.number('cidr')
/** The header of IPSET_ATTR_IPADDR_IPV4, and 4 bytes. */
const ipv4Length = NLA_HDRLEN + 4

/** An entry that is an IPv4 address and has no options, as most entries of large sets are. */
const plainLength = 2 * NLA_HDRLEN + ipv4Length

const COMMA = ','

/** Writes and reads the entries of one set type. */
export class EntryCodec {
  readonly typeName: string
  readonly type: SetTypeDefinition
  readonly #first: ElementCodec
  readonly #others: readonly ElementCodec[]
  readonly #reader = new EntryReader()
  readonly #isAddress: boolean
  readonly #texts = new TextBatch()

  /** @throws KernelError `set-type-unsupported` for a type that this library does not know */
  constructor(typeName: string) {
    this.typeName = typeName
    this.type = setType(typeName)
    const [first, ...others] = this.type.element
    this.#first = elementCodecs[first]
    this.#isAddress = first === 'address' && others.length === 0
    this.#others = others.map((part) => elementCodecs[part])
  }

  /**
   * Writes an entry as IPSET_ATTR_DATA. When the kernel refuses it, it names the line; 0 leaves the line out.
   * @throws InputError, and leaves the writer where it stood
   */
  write(writer: MessageWriter, entry: EntryInput, line: number): void {
    const at = writer.beginNested(dataNumber)
    try {
      if (typeof entry === 'string') writeEntryFlags(writer, this.#writeElement(writer, entry))
      else {
        const flags = this.#writeElement(writer, entry.element)
        writeEntryOptions(writer, entry, this.typeName, this.type, flags)
      }
    } catch (error) {
      writer.position = at
      throw error
    }
    if (line !== 0) writer.uint32be(LINE, line)
    writer.endNested(at)
  }

  /** Writes the element's attributes, and returns the flags that it sets. */
  #writeElement(writer: MessageWriter, element: string): number {
    const others = this.#others
    let end = others.length === 0 ? element.length : this.#partEnd(element, 0, 0)
    let flags = this.#first.write(writer, element, 0, end)
    for (let index = 0; index < others.length; index++) {
      const codec = others[index]
      if (codec === undefined || (codec.optional === true && end === element.length)) break
      const start = end + 1
      end = index === others.length - 1 ? element.length : this.#partEnd(element, start, index + 1)
      flags |= codec.write(writer, element, start, end)
    }
    return flags
  }

  /** The end of the part that begins at `start`: the next comma, or the element's end before an optional part. */
  #partEnd(element: string, start: number, part: number): number {
    const end = element.indexOf(COMMA, start)
    if (end !== -1) return end
    if (this.#others[part]?.optional === true) return element.length
    throw new InputError(
      'bad-element',
      `${quote(element)} has too few parts: an element of type ${this.typeName} has ${this.#others.length + 1}, joined by commas.`,
    )
  }

  /**
   * Reads the entries that lie one after another from `start` to `end`, the payload of IPSET_ATTR_ADT.
   * @throws KernelError `netlink-malformed`
   */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): SetEntry[] {
    const entries: SetEntry[] = []
    const reader = this.#reader
    this.#texts.begin()
    let at = start
    while (at < end) {
      const length = end - at < NLA_HDRLEN ? 0 : view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
      if ((view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK) === dataNumber) {
        const entry: SetEntry = { element: '' }
        if (this.#isAddress && length === plainLength && isPlain(view, at + NLA_HDRLEN))
          this.#texts.add(entry, bytes, at + plainLength - 4, 32)
        else {
          reader.load(bytes, view, at + NLA_HDRLEN, at + length)
          if (!this.#readIpv4(entry)) entry.element = this.#readElement()
          readEntryOptions(reader, entry)
        }
        entries.push(entry)
      }
      at += align(length)
    }
    this.#texts.finish()
    return entries
  }

  /** Leaves the element to the batch of texts when it is an IPv4 address or network and nothing else. */
  #readIpv4(entry: SetEntry): boolean {
    const reader = this.#reader
    if (!this.#isAddress || reader.start(IP) === 0 || reader.payloadLength(IP) !== ipv4Length) return false
    const prefixAt = reader.exact(CIDR, 1)
    this.#texts.add(
      entry,
      reader.bytes,
      reader.start(IP) + NLA_HDRLEN,
      prefixAt === 0 ? 32 : (reader.bytes[prefixAt] ?? 32),
    )
    return true
  }

  #readElement(): string {
    let element = this.#first.read(this.#reader)
    for (const codec of this.#others) {
      const part = codec.read(this.#reader)
      if (part !== '' || codec.optional !== true) element += COMMA + part
    }
    return element
  }
}

/** Whether the one attribute that an entry of `plainLength` has room for is its IPv4 address. */
function isPlain(view: DataView, at: number): boolean {
  return (
    view.getUint16(at, hostLittleEndian) === NLA_HDRLEN + ipv4Length &&
    (view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK) === IP
  )
}
