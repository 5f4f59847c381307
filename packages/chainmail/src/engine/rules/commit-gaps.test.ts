import { expect, it } from 'vitest'
import { CommitGaps } from './commit-gaps.ts'

/** Commits of 5 ms each, `between` apart, for five seconds. */
function waits(reading: number, between: number): number[] {
  const gaps = new CommitGaps()
  const waited: number[] = []
  for (let now = 0; now < 5_000; now += 5 + between) {
    const wait = gaps.before(now, reading)
    if (wait > 0) waited.push(wait)
    now += wait
    gaps.committed(now + 5)
  }
  return waited
}

it('commits without a pause leave a gap of one and a half readings now and then', () => {
  const waited = waits(40, 0)
  expect(new Set(waited)).toEqual(new Set([60]))
  expect(waited.length).toBeGreaterThan(10)
  expect(waited.length * 60).toBeLessThan(5_000 / 4)
})

it('the longest gap is half a second, however long a reading takes', () => {
  expect(waits(10_000, 0)).toEqual([500, 500])
})

it('commits that leave a reader time enough never wait', () => {
  expect(waits(40, 60)).toEqual([])
})
