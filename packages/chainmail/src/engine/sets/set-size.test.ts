import { describe, expect, it } from 'vitest'
import { doubleRoom, MOST_GROWN, optionsFor } from './set-size.ts'

describe('the room of a set', () => {
  const hash = (maxelem: number) => ({ type: 'hash:ip', options: { hashsize: 1024, maxelem } })

  it.each([
    [hash(65_536), undefined, 131_072],
    [hash(65_536), 1_000_000, 1_048_576],
    [hash(3), 0, 6],
    [hash(MOST_GROWN / 2 + 1), undefined, MOST_GROWN],
    [hash(1_000), 1e12, MOST_GROWN],
    [{ type: 'list:set', options: { size: 8 } }, undefined, 16],
  ] as const)('of %j doubles for %s expected entries to %s', (set, expected, room) => {
    expect(doubleRoom(set, expected)).toBe(room)
  })

  it('does not grow without end, and does not shrink', () => {
    expect(doubleRoom(hash(MOST_GROWN))).toBeUndefined()
    expect(doubleRoom(hash(2 * MOST_GROWN))).toBeUndefined()
    expect(doubleRoom({ type: 'bitmap:port', options: {} })).toBeUndefined()
  })

  it('is made for what is expected, and no larger than the set may be', () => {
    expect(optionsFor(hash(65_536), 1e9, false)).toEqual({ hashsize: 65_536, maxelem: 65_536 })
    expect(optionsFor(hash(65_536), 100_000, true)).toEqual({ hashsize: 131_072, maxelem: 100_000 })
  })
})
