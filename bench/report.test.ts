import { expect, it } from 'vitest'
import { plain } from '../packages/cli/src/terminal/style.ts'
import type { Measurement } from './harness.ts'
import { amount, reportLines } from './report.ts'

const same = (value: number) => ({ median: value, low: value, high: value })

const measurement: Measurement = {
  what: 'a ban',
  unit: 'time',
  ours: { name: 'firewall.ban()', ...same(0.0121) },
  beside: { name: 'ipset add', ...same(1.1) },
  ratio: { median: 90.9, low: 80, high: 110 },
  bar: 60,
  met: true,
}

it('tells times, rates and memory in three figures', () => {
  expect(amount(0.01214, 'time')).toBe('12.1 µs')
  expect(amount(0.4444, 'time')).toBe('444 µs')
  expect(amount(1.855, 'time')).toBe('1.85 ms')
  expect(amount(1234.5, 'time')).toBe('1235 ms')
  expect(amount(0.05, 'rate')).toBe('20,000/s')
  expect(amount(71_340_000, 'memory')).toBe('71.3 MB')
})

it('puts each measurement in a line', () => {
  const { bar: _, met: __, ...open } = measurement
  const layout = { columns: Number.POSITIVE_INFINITY, style: plain }
  expect(reportLines([measurement, { ...open, what: 'another' }], layout)).toEqual([
    'WHAT        OURS  BESIDE IT           RATIO  HALF OF THE ROUNDS    BAR  MET',
    'a ban    12.1 µs  ipset add  1.10 ms  90.9×  80.0× to 110×       60.0×  yes',
    'another  12.1 µs  ipset add  1.10 ms  90.9×  80.0× to 110×',
  ])
})

it('tells a bar of memory as memory', () => {
  const memory = { ...measurement, unit: 'memory', bar: 90_000_000 } as const
  const layout = { columns: Number.POSITIVE_INFINITY, style: plain }
  expect(reportLines([memory], layout)[1]).toMatch(/ 90\.0 MB {2}yes$/)
})
