import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, formatAddress, parseAddress } from '../address.ts'
import { InputError, KernelError } from '../errors.ts'
import type { AttributeValues, Payload } from '../netlink/attributes.ts'
import { MessageWriter } from '../netlink/message.ts'
import { EntryCodec, type EntryInput } from './entry.ts'
import { dataFlags, dataNumber, entryAttributes } from './messages.ts'

const hashIp = new EntryCodec('hash:ip')
const hashNet = new EntryCodec('hash:net')

function written(codec: EntryCodec, entry: EntryInput, line = 0): Uint8Array {
  const writer = new MessageWriter(4)
  codec.write(writer, entry, line)
  return writer.bytes.slice(0, writer.position)
}

function payload(bytes: Uint8Array, start = 0): Payload {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset), start, end: bytes.length }
}

/** What the attribute table, which knows nothing of the hand-written codec, makes of the codec's bytes. */
function asTable(
  codec: EntryCodec,
  entry: EntryInput,
  line = 0,
): AttributeValues<typeof entryAttributes.attributes> {
  return entryAttributes.read(payload(written(codec, entry, line), 4))
}

function byTable(values: AttributeValues<typeof entryAttributes.attributes>): Uint8Array {
  const writer = new MessageWriter(4)
  const at = writer.beginNested(dataNumber)
  entryAttributes.write(writer, values)
  writer.endNested(at)
  return writer.bytes.slice(0, writer.position)
}

function read(codec: EntryCodec, bytes: Uint8Array): unknown {
  return codec.read(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)
}

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.record({
    family: fc.constant('ipv4' as const),
    bytes: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    prefix: fc.oneof(fc.constant(32), fc.integer({ min: 1, max: 32 })),
  }),
  fc.record({
    family: fc.constant('ipv6' as const),
    bytes: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    prefix: fc.oneof(fc.constant(128), fc.integer({ min: 1, max: 128 })),
  }),
)
const counter = fc.bigInt({ min: 0n, max: 2n ** 64n - 2n })
const hexadecimal = (bits: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 2 ** bits - 1 }).map((number) => number.toString(16))
const comment = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  .filter((text) => !/[\u0000-\u001f\u007f"]|^-\S*$/u.test(text) && Buffer.byteLength(text) <= 255)
/** In the order in which entries are listed. */
const options = fc.record(
  {
    timeout: fc.integer({ min: 0, max: 2147483 }),
    packets: counter,
    bytes: counter,
    comment,
    skbmark: fc
      .tuple(hexadecimal(32), hexadecimal(32))
      .map(([mark, mask]) => (mask === 'ffffffff' ? `0x${mark}` : `0x${mark}/0x${mask}`)),
    skbprio: fc.tuple(hexadecimal(16), hexadecimal(16)).map(([major, minor]) => `${major}:${minor}`),
    skbqueue: fc.integer({ min: 0, max: 0xffff }),
    nomatch: fc.constant(true),
  },
  { requiredKeys: [] },
)

describe('EntryCodec', () => {
  test('writes the bytes that the attribute table writes', () => {
    fc.assert(
      fc.property(address, fc.nat(0xffffffff), ({ family, bytes, prefix }, line) => {
        const element = formatAddress({ family, bytes, prefix })
        const expected = byTable({
          ip: { [family]: bytes },
          ...(prefix === (family === 'ipv4' ? 32 : 128) ? {} : { cidr: prefix }),
          ...(line === 0 ? {} : { line }),
        })
        expect(written(hashNet, element, line)).toEqual(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  test('writes options as the attribute table reads them', () => {
    expect(
      asTable(
        hashNet,
        {
          element: '192.0.2.0/24',
          timeout: 60,
          packets: 7,
          bytes: 2n ** 64n - 2n,
          comment: 'it’s a \\ test',
          skbmark: '0x10/0xff',
          skbprio: '1:aB',
          skbqueue: 4,
          nomatch: true,
        },
        9,
      ),
    ).toEqual({
      ip: { ipv4: Uint8Array.of(192, 0, 2, 0) },
      cidr: 24,
      timeout: 60,
      packets: 7n,
      bytes: 2n ** 64n - 2n,
      comment: 'it’s a \\ test',
      skbmark: 0x10000000ffn,
      skbprio: 0x100ab,
      skbqueue: 4,
      flags: dataFlags.nomatch,
      line: 9,
    })
    expect(asTable(hashIp, { element: '192.0.2.1', skbmark: '0xFFFFFFFF' }).skbmark).toBe(2n ** 64n - 1n)
  })

  test('writes a range as its two ends', () => {
    expect(asTable(hashIp, '192.0.2.1-192.0.2.9')).toEqual({
      ip: { ipv4: Uint8Array.of(192, 0, 2, 1) },
      ipTo: { ipv4: Uint8Array.of(192, 0, 2, 9) },
    })
    expect(asTable(hashIp, '2001:db8::1-2001:db8::2')).toEqual({
      ip: { ipv6: parseAddress('2001:db8::1').bytes },
      ipTo: { ipv6: parseAddress('2001:db8::2').bytes },
    })
  })

  const ethernet = Uint8Array.of(0, 0xaa, 0x22, 0x33, 0x44, 0x55)
  const ipv4 = (...bytes: number[]): { ipv4: Uint8Array } => ({ ipv4: Uint8Array.from(bytes) })
  const ipv6 = (text: string): { ipv6: Uint8Array } => ({ ipv6: parseAddress(text).bytes })

  /** The attributes are those that ipset 7.17 sends. */
  test.each<[string, EntryInput, AttributeValues<typeof entryAttributes.attributes>]>([
    ['bitmap:ip,mac', '10.0.0.1', { ip: ipv4(10, 0, 0, 1) }],
    ['bitmap:ip,mac', '10.0.0.1,00:aa:22:33:44:55', { ip: ipv4(10, 0, 0, 1), ethernet }],
    ['bitmap:port', 'tcp:5-9', { port: 5, portTo: 9 }],
    ['hash:mac', '00:aa:22:33:44:55', { ethernet }],
    ['hash:ip,mac', '2001:db8::1,00:AA:22:33:44:55', { ip: ipv6('2001:db8::1'), ethernet }],
    ['hash:ip,mark', '1.2.3.4/30,0x1ff', { ip: ipv4(1, 2, 3, 4), cidr: 30, mark: 511 }],
    ['hash:ip,mark', '1.2.3.4-1.2.3.9,511', { ip: ipv4(1, 2, 3, 4), ipTo: ipv4(1, 2, 3, 9), mark: 511 }],
    ['hash:ip,port', '1.2.3.4,80', { ip: ipv4(1, 2, 3, 4), port: 80, protocol: 6 }],
    [
      'hash:ip,port,ip',
      '1.2.3.4/30,5-9,10.0.0.1',
      { ip: ipv4(1, 2, 3, 4), cidr: 30, port: 5, portTo: 9, protocol: 6, ip2: ipv4(10, 0, 0, 1) },
    ],
    [
      'hash:net,net',
      { element: '1.2.3.4/30,1.2.3.4-1.2.3.9', nomatch: true },
      {
        ip: ipv4(1, 2, 3, 4),
        cidr: 30,
        ip2: ipv4(1, 2, 3, 4),
        ip2To: ipv4(1, 2, 3, 9),
        flags: dataFlags.nomatch,
      },
    ],
    [
      'hash:net,port,net',
      '2001:db8::/32,icmpv6:echo-request,::/0',
      { ip: ipv6('2001:db8::'), cidr: 32, port: 128 << 8, protocol: 58, ip2: ipv6('::'), cidr2: 0 },
    ],
    [
      'hash:net,iface',
      { element: '1.2.3.0/24,physdev:eth0', nomatch: true },
      { ip: ipv4(1, 2, 3, 0), cidr: 24, interface: 'eth0', flags: dataFlags.nomatch | dataFlags.physdev },
    ],
    ['list:set', { element: 'a', before: 'b' }, { name: 'a', reference: 'b', flags: dataFlags.before }],
    ['list:set', { element: 'a', after: 'b', timeout: 3 }, { name: 'a', reference: 'b', timeout: 3 }],
  ])('writes a %s entry %j as ipset does', (type, entry, values) => {
    expect(asTable(new EntryCodec(type), entry)).toEqual(values)
  })

  test.each([
    [
      'bitmap:ip,mac',
      ['10.0.0.1,', '10.0.0.0/24', '10.0.0.1-10.0.0.2', '10.0.0.1,00:aa', ',00:aa:22:33:44:55'],
    ],
    ['bitmap:port', ['', 'http', '65536', '080', '9-5', '1-', 'icmp:8', 'nope:80', '80,81']],
    ['hash:mac', ['', '00:aa:22:33:44', '00:aa:22:33:44:5g', '00-aa-22-33-44-55', '0:aa:22:33:44:55']],
    ['hash:ip,mac', ['1.2.3.4', '1.2.3.4/24,00:aa:22:33:44:55', '1.2.3.4,00:aa:22:33:44:55,']],
    [
      'hash:ip,mark',
      ['1.2.3.4', '1.2.3.4,', '1.2.3.4,4294967296', '1.2.3.4,-1', '1.2.3.4,010', '1.2.3.4,0x'],
    ],
    [
      'hash:ip,port',
      [
        '1.2.3.4',
        '1.2.3.4,',
        '1.2.3.4,tcp:',
        '1.2.3.4,:80',
        '1.2.3.4,tcp:http',
        '1.2.3.4,0:80',
        '1.2.3.4,256:0',
        '1.2.3.4,gre:1',
        '1.2.3.4,icmp:nope',
        '1.2.3.4,icmp:256/0',
        '1.2.3.4,icmp:8',
        '1.2.3.4,icmpv6:echo-request',
        '::1,icmp:echo-request',
        '1.2.3.4,tcp:9-5',
        '1.2.3.4,tcp:80,1.2.3.4',
      ],
    ],
    ['hash:ip,port,ip', ['1.2.3.4,80', '1.2.3.4,80,10.0.0.0/8', '1.2.3.4,80,10.0.0.1-10.0.0.2']],
    ['hash:net,net', ['1.2.3.4', '1.2.3.4,', '1.2.3.4,10.0.0.0/33']],
    ['hash:net,iface', ['1.2.3.4', '1.2.3.4,', '1.2.3.4,a b', '1.2.3.4,abcdefghijklmnop', '1.2.3.4,a,b']],
  ])('refuses elements that are not of type %s', (type, elements) => {
    const codec = new EntryCodec(type)
    for (const element of elements) {
      const writer = new MessageWriter()
      expect(() => codec.write(writer, element, 0), element).toThrow(
        expect.objectContaining({ code: 'bad-element', message: expect.stringMatching(/\.$/u) }),
      )
      expect(writer.position).toBe(0)
    }
  })

  test('leaves out options that are undefined or false', () => {
    const entry = { element: '192.0.2.1', nomatch: false }
    expect(written(hashNet, entry)).toEqual(written(hashNet, '192.0.2.1'))
  })

  test('reads back what it writes', () => {
    fc.assert(
      fc.property(address, options, (network, entryOptions) => {
        const entry = { element: formatAddress(network), ...entryOptions }
        expect(read(hashNet, written(hashNet, entry))).toEqual([entry])
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    '',
    '192.0.2.1 ',
    '192.0.2.256',
    '192.0.2.0/33',
    '192.0.2.0/',
    '/24',
    '192.0.2.0/24/24',
    '192.0.2.1-',
    '-192.0.2.1',
    '192.0.2.1-2001:db8::1',
    '192.0.2.1-192.0.2.9/24',
    '192.0.2.9-192.0.2.1',
    '192.0.2.1,tcp:80',
    '2001:db8::/129',
    '2001:db8::g',
    'localhost',
    '192.0.2.1\nadd x 192.0.2.2',
    '192.0.2.1\0',
    '--exist',
    'x'.repeat(1_000_000),
  ])('refuses the element %j, and writes nothing', (element) => {
    const writer = new MessageWriter()
    writer.position = 40
    expect(() => hashNet.write(writer, element, 1)).toThrow(expect.objectContaining({ code: 'bad-element' }))
    expect(() => hashNet.write(writer, { element }, 1)).toThrow(InputError)
    expect(writer.position).toBe(40)
  })

  test.each([
    { timeout: -1 },
    { timeout: 2147484 },
    { timeout: 1.5 },
    { timeout: Number.NaN },
    { packets: -1 },
    { packets: -1n },
    { packets: 2n ** 64n - 1n },
    { packets: 2 ** 60 },
    { bytes: 0.5 },
    { comment: 'x'.repeat(256) },
    { comment: 'é'.repeat(128) },
    { comment: 'a "quoted" word' },
    { comment: 'two\nlines' },
    { comment: 'nul\0' },
    { comment: '-exist' },
    { skbmark: '16' },
    { skbmark: '0x100000000' },
    { skbmark: '0x1/' },
    { skbprio: '1' },
    { skbprio: '10000:1' },
    { skbqueue: 65536 },
  ])('refuses the option $0', (option) => {
    expect(() => written(hashNet, { element: '192.0.2.1', ...option })).toThrow(
      expect.objectContaining({ code: 'bad-entry-option' }),
    )
  })

  test('refuses options that the type lacks', () => {
    expect(() => written(hashIp, { element: '192.0.2.1', nomatch: true })).toThrow(/no option "nomatch"/)
    const misspelt = { element: '192.0.2.1', timeOut: 3 }
    expect(() => written(hashIp, misspelt)).toThrow(/no option "timeOut"/)
    const inherited = { element: '192.0.2.1', toString: 3 }
    expect(() => written(hashIp, inherited)).toThrow(InputError)
  })

  test('refuses a type that it does not know', () => {
    for (const type of ['hash:nope', '__proto__', 'constructor'])
      expect(() => new EntryCodec(type)).toThrow(expect.objectContaining({ code: 'set-type-unsupported' }))
  })

  test('survives any bytes, and any damage to what the kernel sends', () => {
    const readOrRefuse = (bytes: Uint8Array): void => {
      try {
        read(hashNet, bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(KernelError)
        expect(error).toMatchObject({ code: 'netlink-malformed' })
      }
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        address,
        options,
        fc.nat(),
        fc.nat(),
        fc.nat(255),
        (garbage, network, entryOptions, cut, at, byte) => {
          readOrRefuse(garbage)
          const bytes = written(hashNet, { element: formatAddress(network), ...entryOptions })
          readOrRefuse(bytes.slice(0, cut % bytes.length))
          bytes[at % bytes.length] = byte
          readOrRefuse(bytes)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
