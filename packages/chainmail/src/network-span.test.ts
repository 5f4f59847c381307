import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, networkBlock } from './network.ts'
import { networkBlocks, packetBlocks, spanOf } from './network-span.ts'

const addresses = (text: string, ipv6Prefix = 128): string[] =>
  packetBlocks(text, { ipv6Prefix }).map(({ address }) => address)

describe('what is banned', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.0-192.0.2.255', ['192.0.2.0/24']],
    ['192.0.2.1-192.0.2.1', ['192.0.2.1']],
    ['192.0.2.1-192.0.2.8', ['192.0.2.1', '192.0.2.2/31', '192.0.2.4/30', '192.0.2.8']],
    ['0.0.0.0-255.255.255.255', ['0.0.0.0/1', '128.0.0.0/1']],
    ['0.0.0.0/0', ['0.0.0.0/1', '128.0.0.0/1']],
    ['::/0', ['::/1', '8000::/1']],
    ['2001:db8::-2001:db8:0:1:ffff:ffff:ffff:ffff', ['2001:db8::/63']],
    ['ffff::-ffff::2', ['ffff::/127', 'ffff::2']],
  ])('%s is the networks %j', (text, networks) => {
    expect(addresses(text)).toEqual(networks)
  })

  it('is the network around a single IPv6 address where a prefix is given, and nothing else', () => {
    expect(addresses('2001:db8::5', 64)).toEqual(['2001:db8::/64'])
    expect(addresses('2001:db8::5/128', 64)).toEqual(['2001:db8::5'])
    expect(addresses('2001:db8::/96', 64)).toEqual(['2001:db8::/96'])
    expect(addresses('192.0.2.1', 64)).toEqual(['192.0.2.1'])
  })

  it('is the IPv4 address, network or range where that is mapped to IPv6', () => {
    expect(addresses('::ffff:192.0.2.1', 64)).toEqual(['192.0.2.1'])
    expect(addresses('::ffff:c000:200/120')).toEqual(['192.0.2.0/24'])
    expect(addresses('::ffff:0:0/96')).toEqual(['0.0.0.0/1', '128.0.0.0/1'])
    expect(addresses('::ffff:192.0.2.1-::ffff:192.0.2.3')).toEqual(['192.0.2.1', '192.0.2.2/31'])
    expect(addresses('::fffe:0:0/95')).toEqual(['::fffe:0:0/95'])
    expect(networkBlocks('::ffff:192.0.2.1')).toMatchObject([{ family: 'ipv6' }])
  })

  it.each([
    ['192.0.2.9-192.0.2.1', 'ends before it begins'],
    ['192.0.2.0/24-192.0.3.0', 'holds a network'],
    ['192.0.2.1-2001:db8::1', 'mixes'],
    ['192.0.2.1-', 'not an IPv4 or IPv6 address'],
    ['-', 'not an IPv4 or IPv6 address'],
    ['1-2-3', 'not an IPv4 or IPv6 address'],
  ])('cannot be %j', (text, why) => {
    expect(() => networkBlocks(text)).toThrow(why)
    expect(() => networkBlocks(text)).toThrow(expect.objectContaining({ code: 'bad-address' }))
  })

  it('covers each address of a range once, in order, and no other', () => {
    const octets = fc.nat(0xffff_ffff)
    fc.assert(
      fc.property(octets, octets, (one, other) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)]
        const dotted = (value: number): string =>
          [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
        const spans = networkBlocks(`${dotted(first)}-${dotted(last)}`).map(spanOf)
        let next = first
        for (const span of spans) {
          expect(span.first).toBe(next)
          next = Number(span.last) + 1
        }
        expect(next).toBe(last + 1)
        expect(spans.length).toBeLessThanOrEqual(62)
      }),
    )
  })
})

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/7', false],
    ['10.0.0.0/9', '10.128.0.0', false],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['::/1', '1.2.3.4', false],
  ])('%s contains %s: %s', (outer, inner, is) => {
    expect(contains(networkBlock(outer), networkBlock(inner))).toBe(is)
  })
})
