import { expect, test } from 'vitest'
import { KeyTable, NEW, OLD } from './key-table.ts'

test('a table counts keys by their marks, however often they are marked', () => {
  const table = new KeyTable()
  const count = 50_000
  for (let key = 0; key < count; key++) table.mark(key, key % 3, OLD)
  for (let key = 1_000; key < count + 1_000; key++) {
    table.mark(key, key % 3, NEW)
    table.mark(key, key % 3, NEW)
  }
  expect([table.count(OLD), table.count(OLD | NEW), table.count(NEW)]).toEqual([1_000, count - 1_000, 1_000])
  table.clear(NEW)
  expect([table.count(OLD), table.count(OLD | NEW), table.count(NEW)]).toEqual([count, 0, 0])
})

test('a table tells keys apart that differ in either number, 0 included', () => {
  const table = new KeyTable()
  for (const [high, low] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [0xffff_ffff, 0],
    [0, 0xffff_ffff],
    [0, 0],
  ] as const)
    table.mark(high, low, OLD)
  expect(table.count(OLD)).toBe(5)
})

test('a table keeps what it holds when room is made', async () => {
  const table = new KeyTable()
  for (let key = 0; key < 1_000; key++) table.mark(key, 0, OLD)
  await table.reserve(100_000)
  for (let key = 0; key < 1_000; key++) table.mark(key, 0, NEW)
  expect(table.count(OLD | NEW)).toBe(1_000)
})
