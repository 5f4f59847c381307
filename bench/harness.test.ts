import { expect, it } from 'vitest'
import { type Comparison, compare, figure, type Side } from './harness.ts'

/** A side whose rounds take these times, and that notes when each was run. */
function side(name: string, times: number[], order: string[]): Side {
  return {
    name,
    round: async () => {
      order.push(name)
      return times.shift() ?? Number.NaN
    },
  }
}

it('tells the median, and between what half of the values lie', () => {
  expect(figure([4, 1, 5, 2, 3])).toEqual({ median: 3, low: 2, high: 4 })
  expect(figure([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75 })
  expect(figure([7])).toEqual({ median: 7, low: 7, high: 7 })
})

it('measures by turns, alternates who begins, and does not count the first round', async () => {
  const order: string[] = []
  const comparison: Comparison = {
    what: 'a test',
    unit: 'time',
    bar: 3,
    ours: side('a', [9, 1, 2, 1], order),
    beside: side('b', [1, 4, 4, 2], order),
  }
  const { ours, beside, ratio, met } = await compare(comparison, 3)
  expect(order.join('')).toBe('ab' + 'ab' + 'ba' + 'ab')
  expect(ours).toMatchObject({ name: 'a', median: 1 })
  expect(beside).toMatchObject({ name: 'b', median: 4 })
  expect(ratio.median).toBe(2)
  expect(met).toBe(false)
})

it('meets a bar that is reached, and knows none where there is none', async () => {
  const sides = () => ({ ours: side('a', [1, 1], []), beside: side('b', [1, 2], []) })
  expect((await compare({ what: '', unit: 'time', bar: 2, ...sides() }, 1)).met).toBe(true)
  expect((await compare({ what: '', unit: 'time', ...sides() }, 1)).met).toBeUndefined()
})

it('has a bar of memory for what may be taken at most', async () => {
  const sides = () => ({ ours: side('a', [9, 3], []), beside: side('b', [9, 1], []) })
  expect((await compare({ what: '', unit: 'memory', bar: 3, ...sides() }, 1)).met).toBe(true)
  expect((await compare({ what: '', unit: 'memory', bar: 2, ...sides() }, 1)).met).toBe(false)
})
