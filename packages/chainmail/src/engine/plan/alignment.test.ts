import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { align, type Candidate } from './alignment.ts'

const ids = fc.array(fc.nat({ max: 6 }), { maxLength: 12 })
const candidates = fc.array(fc.record({ id: fc.nat({ max: 6 }), ours: fc.boolean() }), { maxLength: 12 })

/** The most pairs, and of these the most of ours, by trying everything. */
function best(desired: readonly number[], actual: readonly Candidate[]): number {
  const table = Array.from({ length: desired.length + 1 }, () => new Array<number>(actual.length + 1).fill(0))
  const at = (row: number, column: number): number => table[row]?.[column] ?? 0
  for (let row = 1; row <= desired.length; row++)
    for (let column = 1; column <= actual.length; column++) {
      const candidate = actual[column - 1]
      const pair =
        candidate?.id === desired[row - 1] ? at(row - 1, column - 1) + 1000 + (candidate?.ours ? 1 : 0) : 0
      const line = table[row]
      if (line !== undefined) line[column] = Math.max(at(row - 1, column), at(row, column - 1), pair)
    }
  return at(desired.length, actual.length)
}

describe('the alignment of two sequences', () => {
  it('keeps as many as possible, in order, and ours before others', () => {
    fc.assert(
      fc.property(ids, candidates, (desired, actual) => {
        const kept = align(desired, actual)
        const pairs = kept.flatMap((place, index) => (place === -1 ? [] : [{ place, index }]))
        for (const { place, index } of pairs) expect(actual[place]?.id).toBe(desired[index])
        expect(pairs.map(({ place }) => place)).toEqual(
          [...new Set(pairs.map(({ place }) => place))].toSorted((one, other) => one - other),
        )
        const weight = pairs.reduce((sum, { place }) => sum + 1000 + (actual[place]?.ours ? 1 : 0), 0)
        expect(weight).toBe(best(desired, actual))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps all but one when one of many has moved', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index)
    const actual = [...many.slice(1), 0].map((id) => ({ id, ours: true }))
    expect(align(many, actual).filter((place) => place === -1)).toHaveLength(1)
  })

  it('takes equal elements that stand there thousands of times by their number', () => {
    const desired = new Array<number>(20_000).fill(7)
    const actual = Array.from({ length: 20_000 }, (_, index) => ({ id: 7, ours: index % 2 === 0 }))
    expect(align(desired, actual).every((place, index) => place === index)).toBe(true)
  })
})
