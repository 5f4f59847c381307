import { describe, expect, test } from 'vitest'
import { bytes, count, duration, plural } from './quantity.ts'

describe('a duration for people', () => {
  test.each([
    [0, '0s'],
    [-3, '0s'],
    [12, '12s'],
    [60, '1m'],
    [598, '9m 58s'],
    [3_600, '1h'],
    [3_659, '1h'],
    [90_000, '1d 1h'],
    [86_400 * 400, '400d'],
  ])('%d seconds are %s', (seconds, shown) => {
    expect(duration(seconds)).toBe(shown)
  })
})

describe('a counter for people', () => {
  test.each([
    [0, '0', '0 B'],
    [999, '999', '999 B'],
    [1_000, '1.0 k', '1.0 kB'],
    [1_299, '1.2 k', '1.2 kB'],
    [12_999, '12 k', '12 kB'],
    [999_999, '999 k', '999 kB'],
    [34_000_000, '34 M', '34 MB'],
    [2n ** 64n - 1n, '18 E', '18 EB'],
  ])('%d is %s, in bytes %s', (amount, counted, inBytes) => {
    expect(count(amount)).toBe(counted)
    expect(bytes(amount)).toBe(inBytes)
  })
})

test('a noun follows its number', () => {
  expect([plural(0, 'rule'), plural(1, 'rule'), plural(2, 'rule')]).toEqual(['0 rules', '1 rule', '2 rules'])
})
