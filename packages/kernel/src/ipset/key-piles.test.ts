import { expect, test } from 'vitest'
import { KeyPiles } from './key-piles.ts'

test('piles are compared by their keys, however often a key lies in one', async () => {
  const piles = new KeyPiles()
  const count = 50_000
  for (let key = 0; key < count; key++) piles.add(0, key, key % 3)
  for (let key = 1_000; key < count + 2_000; key++) {
    piles.add(1, key, key % 3)
    piles.add(1, key, key % 3)
  }
  expect(await piles.compare()).toEqual({ onlyFirst: 1_000, both: count - 1_000, onlySecond: 2_000 })
  piles.clear(1)
  expect(await piles.compare()).toEqual({ onlyFirst: count, both: 0, onlySecond: 0 })
})

test('keys that differ in either number are told apart, 0 included', async () => {
  const piles = new KeyPiles()
  for (const [high, low] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [0xffff_ffff, 0],
    [0, 0xffff_ffff],
    [0, 0],
  ] as const)
    piles.add(1, high, low)
  expect(await piles.compare()).toEqual({ onlyFirst: 0, both: 0, onlySecond: 5 })
})

test('a key that comes for ever takes no room', async () => {
  const piles = new KeyPiles()
  const before = process.memoryUsage().arrayBuffers
  for (let round = 0; round < 1_000_000; round++) piles.add(0, round % 7, 1)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000)
  expect(await piles.compare()).toEqual({ onlyFirst: 7, both: 0, onlySecond: 0 })
})
