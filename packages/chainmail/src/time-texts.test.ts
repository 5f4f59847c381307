import { expect, it } from 'vitest'
import { TimeTexts } from './time-texts.ts'

it('writes times as ISO 8601 does, those that were written before too', () => {
  const times = new TimeTexts()
  const moments = Array.from({ length: 20 }, (_, index) => 1_800_000_000_000 + 137 * index)
  for (const time of [...moments, ...moments.toReversed(), 0])
    expect(times.textOf(time)).toBe(new Date(time).toISOString())
})
