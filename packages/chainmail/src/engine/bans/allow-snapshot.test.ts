import fc from 'fast-check'
import { expect, it } from 'vitest'
import { networkBlock } from '../../network.ts'
import { spanOf } from '../../network-span.ts'
import { type AllowedBlock, AllowSnapshot } from './allow-snapshot.ts'

const allowed = (text: string): AllowedBlock => ({
  ...networkBlock(text),
  reason: undefined,
  origin: 'entry',
})

it('finds what a network overlaps, the narrowest first', () => {
  const snapshot = new AllowSnapshot(
    ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.0.2.0/24', '2001:db8::/32'].map(allowed),
  )
  const found = (text: string): string[] =>
    snapshot.overlapping(networkBlock(text)).map(({ address }) => address)
  expect(found('10.1.2.3')).toEqual(['10.1.2.3', '10.1.0.0/16', '10.0.0.0/8'])
  expect(found('10.1.2.0/24')).toEqual(['10.1.2.3', '10.1.0.0/16', '10.0.0.0/8'])
  expect(found('192.0.3.0/24')).toEqual([])
  expect(found('192.0.0.0/16')).toEqual(['192.0.2.0/24'])
  expect(found('2001:db8:5::1')).toEqual(['2001:db8::/32'])
  expect(snapshot.covering(networkBlock('10.1.2.0/24'))?.address).toBe('10.1.0.0/16')
  expect(snapshot.covering(networkBlock('0.0.0.0/1'))).toBeUndefined()
})

it('knows of every overlap, and of none that is not there', () => {
  const block = fc.tuple(fc.nat(0xffff), fc.integer({ min: 16, max: 32 })).map(([address, prefix]) => {
    const cleared = Number((BigInt(address) >> BigInt(32 - prefix)) << BigInt(32 - prefix))
    return allowed(`10.0.${cleared >> 8}.${cleared & 255}/${prefix}`)
  })
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), block, (blocks, asked) => {
      const snapshot = new AllowSnapshot(blocks)
      const { first, last } = spanOf(asked)
      const expected = blocks.some((one) => spanOf(one).first <= last && spanOf(one).last >= first)
      expect(snapshot.overlaps(asked)).toBe(expected)
      expect(snapshot.overlapping(asked).length > 0).toBe(expected)
    }),
  )
})
