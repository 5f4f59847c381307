import { expect, it } from 'vitest'
import { CommitFigures, Distribution } from './distribution.ts'

it('counts a value under the first bound that is not below it', () => {
  const seen = new Distribution([1, 10])
  for (const value of [0.5, 1, 2, 10, 11]) seen.observe(value)
  expect(seen.cumulative()).toEqual([2, 4, 5])
  expect(seen.count).toBe(5)
  expect(seen.sum).toBe(24.5)
})

it('has nothing before anything was seen', () => {
  expect(new Distribution([1]).cumulative()).toEqual([0, 0])
})

it('takes the time of a commit in seconds', () => {
  const figures = new CommitFigures()
  figures.committed(3, performance.now() - 2_000)
  expect(figures.duration.sum).toBeGreaterThan(1.9)
  expect(figures.duration.sum).toBeLessThan(100)
  expect(figures.size.sum).toBe(3)
})
