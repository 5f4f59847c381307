import { expect, it } from 'vitest'
import { Pauses } from './pauses.ts'

it('two repairs come at once, and each further one waits twice as long, five minutes at most', () => {
  const pauses = new Pauses()
  let now = 0
  const waits: number[] = []
  for (let repair = 0; repair < 14; repair++) {
    waits.push(pauses.left(now))
    now += pauses.left(now)
    pauses.repaired(now)
  }
  expect(waits.slice(0, 6)).toEqual([0, 0, 1_000, 2_000, 4_000, 8_000])
  expect(waits.at(-1)).toBe(300_000)
})

it('a time of quiet lets repairs come at once again', () => {
  const pauses = new Pauses()
  for (const now of [0, 10, 1_010]) pauses.repaired(now)
  expect(pauses.left(1_010)).toBe(2_000)
  expect(pauses.left(60_000)).toBe(0)
  expect(pauses.repairs).toBe(3)
  expect(pauses.left(61_011)).toBe(0)
  expect(pauses.repairs).toBe(0)
})
