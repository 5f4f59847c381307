/**
 * Attribute tables: a netlink message is a table of its attributes (name, number, type), and its encoder and decoder
 * are made from the table.
 *
 * Goals, and how each is reached:
 * 1. A new subsystem is a table. The TypeScript type of a message's values is derived from it.
 * 2. What a newer kernel adds is not lost: attributes that the table lacks are kept in `unknown`, and written back.
 * 3. Whatever arrives is survived: every length is checked, nesting ends where the table's does, and a message that
 *    breaks the rules is one KernelError `netlink-malformed`.
 */
import { KernelError } from '../errors.ts'
import { align, hostLittleEndian, type MessageWriter, NLA_HDRLEN, NLA_TYPE_MASK } from './message.ts'

/** Where attributes lie. */
export interface Payload {
  bytes: Uint8Array
  view: DataView
  start: number
  end: number
}

/** One attribute: its payload, and its nla_type with the flags. */
export interface Attribute extends Payload {
  type: number
}

/** How one kind of attribute is written and read. */
export interface AttributeType<Value> {
  write(writer: MessageWriter, number: number, value: Value): void
  read(attribute: Attribute): Value
}

/** An attribute that a table does not have, as it came. */
export interface UnknownAttribute {
  /** nla_type with its flags. */
  type: number
  bytes: Uint8Array
}

type Definitions = Readonly<Record<string, readonly [number: number, type: AttributeType<unknown>]>>

/** The values of a table's attributes: all optional, since every attribute may be absent. */
export type AttributeValues<Table extends Definitions> = {
  -readonly [Name in keyof Table]?: Table[Name][1] extends AttributeType<infer Value> ? Value : never
} & { unknown?: UnknownAttribute[] }

export class AttributeTable<Table extends Definitions> {
  readonly attributes: Table
  readonly #inOrder: readonly (readonly [name: string, number: number, type: AttributeType<unknown>])[]
  readonly #byNumber: ReadonlyMap<number, [name: string, type: AttributeType<unknown>]>

  constructor(attributes: Table) {
    this.attributes = attributes
    this.#inOrder = Object.entries(attributes).map(([name, [number, type]]) => [name, number, type])
    this.#byNumber = new Map(this.#inOrder.map(([name, number, type]) => [number, [name, type]]))
  }

  /** The number of an attribute. */
  number(name: keyof Table): number {
    return this.attributes[name]?.[0] ?? 0
  }

  /** Writes the values in the table's order, then the unknown ones. */
  write(writer: MessageWriter, values: AttributeValues<Table>): void {
    for (const [name, number, type] of this.#inOrder) {
      const value: unknown = Reflect.get(values, name)
      if (value !== undefined) type.write(writer, number, value)
    }
    if (values.unknown !== undefined) for (const { type, bytes } of values.unknown) writer.binary(type, bytes)
  }

  /**
   * Reads all attributes of a payload. Of an attribute that comes twice the last counts, as in the kernel.
   * @throws KernelError `netlink-malformed`
   */
  read(payload: Payload): AttributeValues<Table> {
    const values: Record<string, unknown> & { unknown?: UnknownAttribute[] } = {}
    const unknown: UnknownAttribute[] = []
    for (const attribute of attributesIn(payload)) {
      const known = this.#byNumber.get(attribute.type & NLA_TYPE_MASK)
      if (known === undefined) unknown.push({ type: attribute.type, bytes: copy(attribute) })
      else values[known[0]] = known[1].read(attribute)
    }
    if (unknown.length > 0) values.unknown = unknown
    // Each value was read by the type that the table declares for its name; TypeScript can't follow the loop.
    return values as AttributeValues<Table>
  }
}

/** The attributes of a payload one after another, each with its whole nla_type. */
export function* attributesIn(payload: Payload): Generator<Attribute> {
  const { bytes, view, end } = payload
  let at = payload.start
  while (at < end) {
    const length = end - at < NLA_HDRLEN ? 0 : view.getUint16(at, hostLittleEndian)
    if (length < NLA_HDRLEN || length > end - at)
      throw malformed(`an attribute of ${length} bytes in the ${end - at} bytes that are left for it`)
    yield {
      type: view.getUint16(at + 2, hostLittleEndian),
      bytes,
      view,
      start: at + NLA_HDRLEN,
      end: at + length,
    }
    at += align(length)
  }
}

function malformed(what: string): KernelError {
  return new KernelError('netlink-malformed', `The kernel's netlink message holds ${what}.`, {
    operation: 'netlink decode',
  })
}

function copy(payload: Payload): Uint8Array {
  return payload.bytes.slice(payload.start, payload.end)
}

function requireLength(payload: Payload, length: number): number {
  if (payload.end - payload.start !== length)
    throw malformed(
      `an attribute with a payload of ${payload.end - payload.start} bytes that should have ${length}`,
    )
  return payload.start
}

export const u8: AttributeType<number> = {
  write: (writer, number, value) => writer.uint8(number, value),
  read: (payload) => payload.view.getUint8(requireLength(payload, 1)),
}

export const u16be: AttributeType<number> = {
  write: (writer, number, value) => writer.uint16be(number, value),
  read: (payload) => payload.view.getUint16(requireLength(payload, 2)),
}

/** 32 bits in the machine's own order, as the core of netlink uses them. */
export const u32: AttributeType<number> = {
  write(writer, number, value) {
    const at = writer.attribute(number, 4)
    writer.view.setUint32(at, value, hostLittleEndian)
  },
  read: (payload) => payload.view.getUint32(requireLength(payload, 4), hostLittleEndian),
}

export const u32be: AttributeType<number> = {
  write: (writer, number, value) => writer.uint32be(number, value),
  read: (payload) => payload.view.getUint32(requireLength(payload, 4)),
}

export const u64be: AttributeType<bigint> = {
  write: (writer, number, value) => writer.uint64be(number, value),
  read: (payload) => payload.view.getBigUint64(requireLength(payload, 8)),
}

const decoder = new TextDecoder()

/** A string closed by a NUL; what is not UTF-8 is read as U+FFFD. */
export const text: AttributeType<string> = {
  write: (writer, number, value) => writer.string(number, value),
  read({ bytes, start, end }) {
    const nul = bytes.indexOf(0, start)
    return decoder.decode(bytes.subarray(start, nul === -1 || nul > end ? end : nul))
  },
}

export const binary: AttributeType<Uint8Array> = {
  write: (writer, number, value) => writer.binary(number, value),
  read: copy,
}

/** Present or absent, without a payload. */
export const flag: AttributeType<boolean> = {
  write(writer, number, value) {
    if (value) writer.attribute(number, 0)
  },
  read: () => true,
}

/** An attribute that holds the attributes of another table. */
export function nested<Table extends Definitions>(
  table: AttributeTable<Table>,
): AttributeType<AttributeValues<Table>> {
  return {
    write(writer, number, values) {
      const at = writer.beginNested(number)
      table.write(writer, values)
      writer.endNested(at)
    },
    read: (payload) => table.read(payload),
  }
}

/** An attribute that holds any number of attributes `element`, each of which holds the attributes of another table. */
export function nestedList<Table extends Definitions>(
  element: number,
  table: AttributeTable<Table>,
): AttributeType<AttributeValues<Table>[]> {
  return {
    write(writer, number, list) {
      const at = writer.beginNested(number)
      for (const values of list) {
        const elementAt = writer.beginNested(element)
        table.write(writer, values)
        writer.endNested(elementAt)
      }
      writer.endNested(at)
    },
    read: (payload) =>
      Array.from(attributesIn(payload))
        .filter(({ type }) => (type & NLA_TYPE_MASK) === element)
        .map((attribute) => table.read(attribute)),
  }
}
