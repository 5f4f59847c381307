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
import { type ElementCodec, elementCodecs } from './elements.ts'
import { type EntryRequest, readEntryOptions, type SetEntry, writeEntryOptions } from './entry-options.ts'
import { EntryReader, malformedEntry } from './entry-reader.ts'
import { dataNumber, entryAttributes } from './messages.ts'
import { type SetTypeDefinition, setType } from './types.ts'

/** What can be added, deleted and tested: an element, or an element with options. */
export type EntryInput = string | EntryRequest

const LINE = entryAttributes.number('line') | NLA_F_NET_BYTEORDER

const COMMA = ','

/** Writes and reads the entries of one set type. */
export class EntryCodec {
  readonly typeName: string
  readonly type: SetTypeDefinition
  readonly #first: ElementCodec
  readonly #others: readonly ElementCodec[]
  readonly #reader = new EntryReader()

  /** @throws KernelError `set-type-unsupported` for a type that this library does not know */
  constructor(typeName: string) {
    this.typeName = typeName
    this.type = setType(typeName)
    const [first, ...others] = this.type.element
    this.#first = elementCodecs[first]
    this.#others = others.map((part) => elementCodecs[part])
  }

  /**
   * Writes an entry as IPSET_ATTR_DATA. When the kernel refuses it, it names the line; 0 leaves the line out.
   * @throws InputError, and leaves the writer where it stood
   */
  write(writer: MessageWriter, entry: EntryInput, line: number): void {
    const at = writer.beginNested(dataNumber)
    try {
      if (typeof entry === 'string') this.#writeElement(writer, entry)
      else {
        this.#writeElement(writer, entry.element)
        writeEntryOptions(writer, entry, this.typeName, this.type)
      }
    } catch (error) {
      writer.position = at
      throw error
    }
    if (line !== 0) writer.uint32be(LINE, line)
    writer.endNested(at)
  }

  #writeElement(writer: MessageWriter, element: string): void {
    let end = this.#others.length === 0 ? element.length : this.#partEnd(element, 0)
    this.#first.write(writer, element, 0, end)
    for (const [index, codec] of this.#others.entries()) {
      const start = end + 1
      end = index === this.#others.length - 1 ? element.length : this.#partEnd(element, start)
      codec.write(writer, element, start, end)
    }
  }

  #partEnd(element: string, start: number): number {
    const end = element.indexOf(COMMA, start)
    if (end !== -1) return end
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
    let at = start
    while (at < end) {
      const length = end - at < NLA_HDRLEN ? 0 : view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
      if ((view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK) === dataNumber) {
        reader.load(bytes, view, at + NLA_HDRLEN, at + length)
        const entry: SetEntry = { element: this.#readElement() }
        readEntryOptions(reader, entry)
        entries.push(entry)
      }
      at += align(length)
    }
    return entries
  }

  #readElement(): string {
    let element = this.#first.read(this.#reader)
    for (const codec of this.#others) element += COMMA + codec.read(this.#reader)
    return element
  }
}
