import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KernelError } from '../errors.ts'
import { align, headerLength, hostLittleEndian, MessageWriter, readMessage } from './message.ts'
import { readRefusal } from './refusal.ts'

describe('MessageWriter', () => {
  test('writes a header that readMessage reads', () => {
    const writer = new MessageWriter(1)
    writer.begin(0x0609, 0x200)
    writer.uint8(1, 7)
    writer.finish(0x05, 42)
    const { bytes, view, ...message } = readMessage(writer.bytes, writer.view, 0, writer.length)
    expect(message).toEqual({ type: 0x0609, flags: 0x205, sequence: 42, portId: 0, start: 16, end: 24 })
  })

  test('grows, and keeps what it holds', () => {
    const writer = new MessageWriter(1)
    writer.begin(1, 0)
    const blob = Uint8Array.from({ length: 5000 }, (_, index) => index)
    writer.binary(1, blob)
    expect(writer.bytes.slice(headerLength + 4, headerLength + 4 + 5000)).toEqual(blob)
  })

  test('pads with zeros whatever the buffer held before', () => {
    const writer = new MessageWriter(64)
    writer.bytes.fill(0xff)
    writer.begin(1, 0)
    writer.uint8(1, 1)
    writer.string(2, 'ä')
    writer.string(3, 'abc')
    expect([...writer.bytes.subarray(headerLength, writer.position)]).toEqual(
      [5, 0, 1, 0, 1, 0, 0, 0].concat([7, 0, 2, 0, 0xc3, 0xa4, 0, 0], [8, 0, 3, 0, 0x61, 0x62, 0x63, 0]),
    )
  })
})

describe('readMessage and readRefusal', () => {
  test('survive any bytes', () => {
    const request = new MessageWriter()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(2, 3), (bytes, type) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset)
        if (bytes.length >= 8) {
          view.setUint32(0, bytes.length, hostLittleEndian)
          view.setUint16(4, type, hostLittleEndian)
        }
        try {
          const message = readMessage(bytes, view, 0, bytes.length)
          expect(message.end).toBeLessThanOrEqual(align(bytes.length))
          readRefusal(message, request)
        } catch (error) {
          expect(error).toBeInstanceOf(KernelError)
          expect(error).toMatchObject({ code: 'netlink-malformed' })
        }
      }),
      { numRuns: 5_000 },
    )
  })

  test.each([0, 15, 33, 0xffffffff])('refuse a length of %d in 32 bytes', (length) => {
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, length, hostLittleEndian)
    expect(() => readMessage(bytes, view, 0, bytes.length)).toThrow(KernelError)
  })
})
