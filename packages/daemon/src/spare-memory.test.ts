import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SpareMemory } from './spare-memory.ts'

const EVERY = 1_000
const SECOND = 1_000_000

let used = 0
let given = 0
let spare: SpareMemory
const faults: unknown[] = []

beforeEach(() => {
  vi.useFakeTimers()
  used = 0
  given = 0
  faults.length = 0
  spare = new SpareMemory({
    giveBack: async () => {
      if (++given > 1) throw new Error('no')
    },
    onFault: (error) => faults.push(error),
    used: () => used,
    every: EVERY,
  })
})

afterEach(() => {
  spare[Symbol.dispose]()
  vi.useRealTimers()
})

it('gives memory back at once', () => {
  expect(given).toBe(1)
})

it('gives it back when the work is done, and not before', async () => {
  for (const work of [0.5 * SECOND, 0.7 * SECOND]) {
    used += work
    await vi.advanceTimersByTimeAsync(EVERY)
    expect(given).toBe(1)
  }
  used += 0.01 * SECOND
  await vi.advanceTimersByTimeAsync(EVERY)
  expect(given).toBe(2)
  expect(faults).toEqual([new Error('no')])
  await vi.advanceTimersByTimeAsync(10 * EVERY)
  expect(given).toBe(2)
})

it('leaves memory alone while little is done', async () => {
  for (let round = 0; round < 90; round++) {
    used += 0.01 * SECOND
    await vi.advanceTimersByTimeAsync(EVERY)
  }
  expect(given).toBe(1)
})

it('does nothing more when it is over', async () => {
  spare[Symbol.dispose]()
  used = 2 * SECOND
  await vi.advanceTimersByTimeAsync(3 * EVERY)
  expect(given).toBe(1)
})
