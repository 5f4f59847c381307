import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { HeapGrowth } from './heap-growth.ts'

let flags: string[] = []
let growth: HeapGrowth

beforeEach(() => {
  flags = []
  growth = new HeapGrowth((flag) => void flags.push(flag))
  onTestFinished(() => growth[Symbol.dispose]())
})

it('the heap may grow in large steps at the start, and once there is much to do', () => {
  growth.look(1)
  expect(flags).toEqual([])
  for (let look = 0; look < 10; look++) growth.look(0)
  expect(flags).toEqual(['--optimize-for-size'])
  for (const part of [0, 0.3, 0.49]) growth.look(part)
  expect(flags).toHaveLength(1)
  growth.look(0.6)
  growth.look(0.9)
  expect(flags).toEqual(['--optimize-for-size', '--no-optimize-for-size'])
})

it('it grows in small steps again when there was nothing to do for a while, and not in a pause', () => {
  growth.look(1)
  for (let look = 0; look < 9; look++) growth.look(0.1)
  growth.look(0.4)
  for (let look = 0; look < 9; look++) growth.look(0)
  expect(flags).toEqual([])
  growth.look(0)
  expect(flags).toEqual(['--optimize-for-size'])
  growth.look(1)
  expect(flags.at(-1)).toBe('--no-optimize-for-size')
})
