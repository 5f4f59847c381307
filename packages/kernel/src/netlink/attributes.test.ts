import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KernelError } from '../errors.ts'
import {
  AttributeTable,
  type AttributeValues,
  attributesIn,
  binary,
  flag,
  nested,
  nestedList,
  type Payload,
  text,
  u8,
  u16be,
  u32,
  u32be,
  u64be,
} from './attributes.ts'
import { MessageWriter } from './message.ts'

const inner = new AttributeTable({ port: [1, u16be], name: [2, text] })
const table = new AttributeTable({
  byte: [1, u8],
  network: [2, u32be],
  host: [3, u32],
  counter: [4, u64be],
  label: [5, text],
  blob: [6, binary],
  on: [7, flag],
  inner: [8, nested(inner)],
  list: [9, nestedList(1, inner)],
})
type Values = AttributeValues<typeof table.attributes>

function written(values: Values): Payload {
  const writer = new MessageWriter(4)
  table.write(writer, values)
  return payload(writer.bytes.slice(0, writer.position))
}

function payload(bytes: Uint8Array): Payload {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset), start: 0, end: bytes.length }
}

const innerValues = fc.record(
  {
    port: fc.integer({ min: 0, max: 0xffff }),
    name: fc.string({ maxLength: 20 }).filter((s) => !s.includes('\0')),
  },
  { requiredKeys: [] },
)
const tableValues = fc.record(
  {
    byte: fc.integer({ min: 0, max: 255 }),
    network: fc.integer({ min: 0, max: 0xffffffff }),
    host: fc.integer({ min: 0, max: 0xffffffff }),
    counter: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    label: fc.string({ unit: 'binary', maxLength: 20 }).filter((s) => !s.includes('\0')),
    blob: fc.uint8Array({ maxLength: 20 }),
    on: fc.constant(true),
    inner: innerValues,
    list: fc.array(innerValues, { maxLength: 4 }),
    unknown: fc.array(
      fc.record({
        type: fc.integer({ min: 20, max: 0xffff }).filter((type) => (type & 0x3fff) > 9),
        bytes: fc.uint8Array({ maxLength: 9 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
)

describe('an attribute table', () => {
  test('writes what netlink(7) says, padded to four bytes', () => {
    const { bytes } = written({ byte: 5, network: 0x01020304, label: 'ab', on: true, inner: { port: 80 } })
    const view = new DataView(bytes.buffer)
    expect(view.getUint16(0, true)).toBe(5)
    expect([...bytes.subarray(4, 8)]).toEqual([5, 0, 0, 0])
    expect([...bytes.subarray(12, 16)]).toEqual([1, 2, 3, 4])
    expect([...bytes.subarray(16, 24)]).toEqual([7, 0, 5, 0, 0x61, 0x62, 0, 0])
    expect([...bytes.subarray(24, 28)]).toEqual([4, 0, 7, 0])
    expect([...bytes.subarray(28)]).toEqual([12, 0, 8, 0x80, 6, 0, 1, 0, 0, 80, 0, 0])
  })

  test('reads back what it writes, unknown attributes included', () => {
    fc.assert(
      fc.property(tableValues, (values) => {
        expect(table.read(written(values))).toEqual(values)
      }),
      { numRuns: 2_000 },
    )
  })

  test('leaves out a flag that is false', () => {
    expect(written({ on: false }).end).toBe(0)
  })

  test('takes the last of an attribute that comes twice', () => {
    const { bytes } = written({ unknown: [1, 2].map((value) => ({ type: 1, bytes: Uint8Array.of(value) })) })
    expect(table.read(payload(bytes))).toEqual({ byte: 2 })
  })

  test('refuses a known attribute of another length', () => {
    const wrong = written({ unknown: [{ type: 2, bytes: Uint8Array.of(1, 2) }] })
    expect(() => table.read(wrong)).toThrow(expect.objectContaining({ code: 'netlink-malformed' }))
  })

  test('refuses to write more than an attribute can hold', () => {
    expect(() => written({ blob: new Uint8Array(0xffff) })).toThrow(RangeError)
    expect(() => written({ list: Array.from({ length: 9000 }, () => ({ port: 1 })) })).toThrow(RangeError)
  })

  test('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expectReadOrRefused(bytes)
      }),
      { numRuns: 5_000 },
    )
  })

  test('survives a message that was cut or damaged anywhere', () => {
    fc.assert(
      fc.property(
        tableValues,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (values, cut, at, byte) => {
          const { bytes } = written(values)
          expectReadOrRefused(bytes.slice(0, cut % (bytes.length + 1)))
          if (bytes.length > 0) bytes[at % bytes.length] = byte
          expectReadOrRefused(bytes)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

function expectReadOrRefused(bytes: Uint8Array): void {
  try {
    table.read(payload(bytes))
  } catch (error) {
    expect(error).toBeInstanceOf(KernelError)
    expect(error).toMatchObject({ code: 'netlink-malformed' })
  }
}

test('an attribute of length zero does not make an endless loop', () => {
  expect(() => [...attributesIn(payload(new Uint8Array(64)))]).toThrow(KernelError)
})
