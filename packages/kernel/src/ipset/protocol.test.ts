import { describe, expect, test } from 'vitest'
import { commonVersion } from './protocol.ts'

describe('the protocol version', () => {
  test.each([
    [6, 7, 7],
    [6, 6, 6],
    [6, 9, 7],
    [7, 9, 7],
  ])('with a kernel of %d to %d is %d', (lowest, highest, version) => {
    expect(commonVersion(lowest, highest)).toBe(version)
  })

  test.each([
    [8, 9],
    [1, 5],
    [0, 0],
  ])('can not be found with a kernel of %d to %d', (lowest, highest) => {
    expect(() => commonVersion(lowest, highest)).toThrow(
      expect.objectContaining({ code: 'no-ipset-support' }),
    )
  })
})
