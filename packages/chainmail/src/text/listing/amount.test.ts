import { describe, expect, it } from 'vitest'
import { amount } from './amount.ts'

describe('a count of -L -v', () => {
  it('stands as it is up to five digits', () => {
    expect(amount(0, false)).toBe('0')
    expect(amount(99_999, false)).toBe('99999')
  })

  it('is rounded to thousands and more of them beyond that', () => {
    expect(amount(100_000, false)).toBe('100K')
    expect(amount(9_999_499, false)).toBe('9999K')
    expect(amount(9_999_500, false)).toBe('10M')
    expect(amount(77_777_777_777n, false)).toBe('78G')
    expect(amount(9_999_999_999_500n, false)).toBe('10T')
  })

  it('is exact where that is asked for', () => {
    expect(amount(18_446_744_073_709_551_615n, true)).toBe('18446744073709551615')
  })
})
