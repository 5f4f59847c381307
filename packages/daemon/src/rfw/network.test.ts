import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Network,
  NetworkIndex,
  networksOverlap,
  rangeOf,
  rangesOverlap,
  readNetwork,
} from './network.ts'

const network: fc.Arbitrary<Network> = fc
  .tuple(
    fc.constantFrom('10.0.0', '10.0.1', '10.1.0'),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 8, max: 32 }),
  )
  .map(([start, last, prefix]) => readNetwork(`${start}.${last}/${prefix}`))

describe('a network', () => {
  it('has no bits behind its prefix', () => {
    expect(readNetwork('10.1.2.3/15').text).toBe('10.0.0.0/15')
    expect(readNetwork('2001:db8::ffff/112').text).toBe('2001:db8::/112')
    expect(readNetwork('10.1.2.3/32').text).toBe('10.1.2.3')
    expect(readNetwork('10.1.2.3/0').text).toBe('0.0.0.0/0')
  })

  it('overlaps another when their ranges do', () => {
    fc.assert(
      fc.property(network, network, (one, other) => {
        expect(networksOverlap(one, other)).toBe(rangesOverlap(rangeOf(one), rangeOf(other)))
      }),
    )
  })

  it('of one family never overlaps one of the other', () => {
    expect(networksOverlap(readNetwork('0.0.0.0/0'), readNetwork('::/0'))).toBe(false)
  })
})

describe('an index of networks', () => {
  it('finds an overlap exactly when one of its networks has one', () => {
    fc.assert(
      fc.property(fc.array(network), fc.array(network), network, (added, deleted, asked) => {
        const index = new NetworkIndex()
        for (const one of added) index.add(one)
        for (const one of deleted) index.delete(one)
        const gone = new Set(deleted.map(({ text }) => text))
        const left = added.filter(({ text }) => !gone.has(text))
        expect(index.size).toBe(new Set(left.map(({ text }) => text)).size)
        expect(index.overlaps(asked)).toBe(left.some((one) => networksOverlap(one, asked)))
      }),
    )
  })
})
