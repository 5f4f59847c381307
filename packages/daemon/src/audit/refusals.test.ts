import { expect, it } from 'vitest'
import { EACH_OF_KNOWN, Refusals } from './refusals.ts'

const MINUTE = 60_000

it('records the first of each kind in each minute, and tells of the others with the next', () => {
  const refusals = new Refusals()
  const admitted = (kind: string, now: number) =>
    Array.from({ length: 100 }, () => refusals.admit(kind, now)).filter((count) => count !== undefined)
  expect(admitted('192.0.2.1 401', 0)).toEqual(Array(20).fill(0))
  expect(admitted('192.0.2.2 401', 0)).toHaveLength(20)
  expect(refusals.admit('192.0.2.1 401', MINUTE - 1)).toBeUndefined()
  expect(refusals.admit('192.0.2.1 401', MINUTE)).toBe(81)
  expect(refusals.admit('192.0.2.1 401', MINUTE)).toBe(0)
})

it('counts no more than a thousand kinds at a time', () => {
  const refusals = new Refusals()
  for (let index = 0; index < 30; index++) refusals.admit('first', 0)
  for (let index = 0; index < 1_000; index++) refusals.admit(String(index), 0)
  expect(refusals.admit('first', 0)).toBe(0)
})

it('records more of somebody known', () => {
  const refusals = new Refusals()
  const admitted = Array.from({ length: 700 }, () => refusals.admit('reader by key 403', 0, EACH_OF_KNOWN))
  expect(admitted.filter((count) => count === 0)).toHaveLength(600)
  expect(refusals.admit('reader by key 403', MINUTE, EACH_OF_KNOWN)).toBe(100)
})
