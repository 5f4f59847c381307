import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AggregatedList } from './aggregated-list.ts'

function listOf(...networks: readonly string[]): AggregatedList {
  const list = new AggregatedList()
  for (const network of networks) list.insert(network)
  return list
}

describe('a list of networks that are merged for the set', () => {
  test.each([
    [['10.0.0.0/25', '10.0.0.128/25'], ['10.0.0.0/24']],
    [['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/23'], ['10.0.0.0/22']],
    [['10.0.0.0/8', '10.1.2.3'], ['10.0.0.0/8']],
    [['10.1.2.3', '10.0.0.0/8'], ['10.0.0.0/8']],
    [
      ['10.0.0.128/25', '10.0.1.0/25'],
      ['10.0.0.128/25', '10.0.1.0/25'],
    ],
    [['192.0.2.1-192.0.2.6'], ['192.0.2.1', '192.0.2.2/31', '192.0.2.4/31', '192.0.2.6']],
    [['192.0.2.1-192.0.2.6', '192.0.2.0', '192.0.2.7'], ['192.0.2.0/29']],
    [
      ['2001:db8::/33', '2001:db8:8000::/33', '192.0.2.1'],
      ['192.0.2.1', '2001:db8::/32'],
    ],
    [['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1']],
    [[], []],
  ])('covers %j by %j', (networks, cover) => {
    expect([...listOf(...networks).cover()]).toEqual(cover)
  })

  test('knows each as it was given, once', () => {
    const list = listOf('10.0.0.128/25', '10.0.0.0/25', '10.0.0.0/25', '10.0.0.7', '2001:db8::1')
    expect([...list.originals()]).toEqual(['10.0.0.0/25', '10.0.0.7', '10.0.0.128/25', '2001:db8::1'])
    expect(list.size).toBe(4)
    expect(list.has('10.0.0.7')).toBe(true)
    expect(list.has('10.0.0.0/24')).toBe(false)
  })

  test('tells what a further one changes in the set', () => {
    const list = listOf('10.0.0.0/25', '10.0.1.0/24')
    expect(list.add('10.0.0.64/26')).toEqual({ add: [], delete: [] })
    expect(list.add('10.0.0.128/25')).toEqual({
      add: ['10.0.0.0/23'],
      delete: ['10.0.0.0/25', '10.0.1.0/24'],
    })
    expect(list.add('10.0.0.0/25')).toEqual({ add: [], delete: [] })
  })

  test('lets one be taken out, and what it had swallowed comes to light', () => {
    const list = listOf('10.0.0.0/24', '10.0.1.0/24', '10.0.0.7', '10.0.0.8')
    expect(list.delete('10.0.0.0/24')).toEqual({
      add: ['10.0.0.7', '10.0.0.8', '10.0.1.0/24'],
      delete: ['10.0.0.0/23'],
    })
    expect(list.delete('10.0.0.7')).toEqual({ add: [], delete: ['10.0.0.7'] })
    expect([...list.cover()]).toEqual(['10.0.0.8', '10.0.1.0/24'])
  })

  test('changes nothing in the set when a wider one covers what is taken out', () => {
    expect(listOf('10.0.0.0/8', '10.0.0.0/9').delete('10.0.0.0/9')).toEqual({ add: [], delete: [] })
  })

  test('takes a range out as a whole', () => {
    const list = listOf('192.0.2.1-192.0.2.6', '192.0.2.0')
    expect(list.delete('192.0.2.1-192.0.2.6')).toEqual({
      add: ['192.0.2.0'],
      delete: ['192.0.2.0/30', '192.0.2.4/31', '192.0.2.6'],
    })
  })

  test('refuses to take out what was never added, and stays as it was', () => {
    const list = listOf('10.0.0.0/25', '10.0.0.128/25', '192.0.2.1')
    expect(() => list.delete('10.0.0.0/24')).toThrow('The list does not hold 10.0.0.0/24.')
    expect(() => list.delete('192.0.2.1-192.0.2.2')).toThrow(
      'The list does not hold 192.0.2.2 of 192.0.2.1-192.0.2.2.',
    )
    expect(() => list.delete('10.1.2.3/8')).toThrow('has bits behind its prefix')
    expect([...list.cover()]).toEqual(['10.0.0.0/24', '192.0.2.1'])
  })

  test('covers the same addresses as its networks, with the fewest, however it came about', () => {
    // Of the 256 addresses of 192.0.2.0/24, so that they can be counted; the same below an IPv6 prefix.
    const network = fc.integer({ min: 24, max: 32 }).chain((length) =>
      fc.record({
        first: fc.nat(2 ** (length - 24) - 1).map((index) => index * 2 ** (32 - length)),
        length: fc.constant(length),
      }),
    )
    const step = fc.record({ network, deletes: fc.boolean() })
    const text = ({ first, length }: { first: number; length: number }, v6: boolean): string =>
      v6 ? `2001:db8::${first.toString(16)}/${length + 96}` : `192.0.2.${first}/${length}`
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, v6) => {
        const list = new AggregatedList()
        const model = new Map<string, { first: number; length: number }>()
        const set = new Set<string>()
        for (const { network, deletes } of steps) {
          const name = text(network, v6)
          if (deletes && !model.has(name)) continue
          const change = deletes ? list.delete(name) : list.add(name)
          if (deletes) model.delete(name)
          else model.set(name, network)
          for (const added of change.add) expect(set.has(added)).toBe(false)
          for (const added of change.add) set.add(added)
          for (const deleted of change.delete) expect(set.delete(deleted)).toBe(true)
          expect([...list.cover()].toSorted()).toEqual([...set].toSorted())
          expect(list.size).toBe(model.size)
        }
        const covered = new Set([...model.values()].flatMap(addresses))
        expect(
          [...set]
            .map((each) => blockIn(each))
            .flatMap(addresses)
            .toSorted(),
        ).toEqual([...covered].toSorted())
        expect(set.size).toBe(fewest(covered, 0, 256))
      }),
      { numRuns: 300 },
    )
  })
})

function addresses({ first, length }: { first: number; length: number }): number[] {
  return Array.from({ length: 2 ** (32 - length) }, (_, index) => first + index)
}

function blockIn(text: string): { first: number; length: number } {
  const [address = '', length] = text.split('/')
  if (!text.includes(':')) return { first: Number(address.split('.')[3]), length: Number(length ?? 32) }
  return { first: Number.parseInt(address.split('::')[1] || '0', 16), length: Number(length ?? 128) - 96 }
}

/** How many aligned blocks a set of addresses takes at least. */
function fewest(covered: ReadonlySet<number>, first: number, size: number): number {
  const count = Array.from({ length: size }, (_, index) => covered.has(first + index)).filter(Boolean).length
  if (count === 0) return 0
  if (count === size) return 1
  return fewest(covered, first, size / 2) + fewest(covered, first + size / 2, size / 2)
}
