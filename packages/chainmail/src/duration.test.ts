import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['24h', 86_400],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['600', 600],
    [600, 600],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '0', 0, -1, 1.5, '10 m', '10M', '1e3', 'm', '9999999999999', '10m\n', Number.NaN, null, {}])(
    'is not %j',
    (value) => {
      expect(() => parseDuration(value)).toThrow(expect.objectContaining({ code: 'bad-duration' }))
    },
  )
})
