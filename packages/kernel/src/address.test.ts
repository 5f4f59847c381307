import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AddressError,
  formatAddress,
  parseAddress,
  parseIpv6,
  scanIpv4,
  scanIpv6,
  scanPrefix,
} from './address.ts'

const ipv4Bytes = fc.uint8Array({ minLength: 4, maxLength: 4 })
/** Every byte is zero half of the time, so that runs of zeros of all lengths come up. */
const ipv6Bytes = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), { minLength: 16, maxLength: 16 })
  .map((bytes) => Uint8Array.from(bytes))
/** Text that is nearly an address. */
const addressLike = fc
  .array(
    fc.constantFrom('0', '1', '9', '25', '255', '256', 'f', 'FFFF', '.', ':', '::', '/', '%', ' ', '-'),
    {
      maxLength: 16,
    },
  )
  .map((words) => words.join(''))

describe('parseAddress', () => {
  test.each([
    ['192.0.2.1', 'ipv4', 32],
    ['0.0.0.0', 'ipv4', 32],
    ['255.255.255.255', 'ipv4', 32],
    ['10.0.0.0/8', 'ipv4', 8],
    ['0.0.0.0/0', 'ipv4', 0],
    ['2001:db8::1', 'ipv6', 128],
    ['::', 'ipv6', 128],
    ['::/0', 'ipv6', 0],
    ['2001:db8::/32', 'ipv6', 32],
    ['::ffff:192.0.2.1', 'ipv6', 128],
  ] as const)('reads %s, and writes it back', (text, family, prefix) => {
    const address = parseAddress(text)
    expect(address).toMatchObject({ family, prefix })
    expect(formatAddress(address)).toBe(text)
  })

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0001:0000:0000:0000:0000:0000', '2001:db8:1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['::1:2', '::0.1.0.2'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['192.0.2.1/24', '192.0.2.1/24'],
  ])('writes %s in its canonical form %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical)
  })

  test.each([
    '',
    ' 192.0.2.1',
    '192.0.2.1 ',
    '192.0.2',
    '192.0.2.1.1',
    '192.0.2.',
    '.192.0.2',
    '192..2.1',
    '192.0.2.01',
    '192.0.2.00',
    '192.0.2.256',
    '0300.0.2.1',
    '0x7f.0.0.1',
    '3221225985',
    '+1.0.0.0',
    '١.0.0.0',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/024',
    '192.0.2.0/-1',
    '192.0.2.0/255.255.255.0',
    '192.0.2.0/24/24',
    '/24',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    'fe80::1%eth0',
    '[::1]',
    '::/129',
    '192.0.2.1\n',
    '192.0.2.1\0',
    `::${':0'.repeat(500_000)}`,
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(AddressError)
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'bad-address' }))
  })

  test('says what was given, cut short', () => {
    expect(() => parseAddress('x'.repeat(1_000_000))).toThrow(/^"x{60}…" is not an IPv4 or IPv6 address/)
  })

  test('agrees with node:net on what an address is', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        const zone = text.includes('%')
        expect(scanIpv4(text, 0, text.length) >= 0).toBe(isIPv4(text))
        expect(parseIpv6(text) !== undefined).toBe(isIPv6(text) && !zone)
      }),
      { numRuns: 5_000 },
    )
  })

  test('reads back every address and network that it writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({
            family: fc.constant('ipv4' as const),
            bytes: ipv4Bytes,
            prefix: fc.integer({ min: 0, max: 32 }),
          }),
          fc.record({
            family: fc.constant('ipv6' as const),
            bytes: ipv6Bytes,
            prefix: fc.integer({ min: 0, max: 128 }),
          }),
        ),
        (address) => {
          expect(parseAddress(formatAddress(address))).toEqual(address)
        },
      ),
      { numRuns: 5_000 },
    )
  })

  test('writes IPv6 as inet_ntop does', () => {
    fc.assert(
      fc.property(ipv6Bytes, (bytes) => {
        const text = formatAddress({ family: 'ipv6', bytes, prefix: 128 })
        expect(new SocketAddress({ address: text, family: 'ipv6' }).address).toBe(text)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('the scanners', () => {
  test('look only at the part of the text that they are given', () => {
    const text = 'x192.0.2.1,2001:db8::1/64y'
    const bytes = new Uint8Array(18)
    expect(scanIpv4(text, 1, 10)).toBe(0xc0000201)
    expect(scanIpv6(text, 11, 22, bytes, 1)).toBe(true)
    expect([...bytes]).toEqual([0, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    expect(scanPrefix(text, 23, 25, 'ipv6')).toBe(64)
  })
})
