import { expect, it } from 'vitest'
import type { Sample } from '../access/seeing.ts'
import { busiestRules, busiestSets, figuresOf, quantile, type Reading } from './figures.ts'

const bounds = [0.001, 0.01]

function reading(at: number, samples: Readonly<Record<string, readonly Sample[]>>): Reading {
  return { at, metrics: new Map(Object.entries(samples)) }
}

const one = (value: number, labels: Sample['labels'] = {}): Sample => ({ labels, value })
const seen = (counts: readonly number[], labels: Sample['labels'] = {}): Sample => ({
  labels,
  value: 0,
  histogram: { bounds, counts },
})

it('tells what has grown as a rate, a second', () => {
  const before = reading(1_000, {
    chainmail_http_requests_total: [one(10, { status: '200' }), one(5, { status: '400' })],
    chainmail_bans_total: [one(1, { who: 'a' })],
    chainmail_event_loop_busy_seconds_total: [one(1)],
  })
  const after = reading(3_000, {
    chainmail_http_requests_total: [one(30, { status: '200' }), one(9, { status: '400' })],
    chainmail_bans_total: [one(3, { who: 'a' }), one(8, { who: 'b' })],
    chainmail_event_loop_busy_seconds_total: [one(1.5)],
    chainmail_check_ok: [one(0, { check: 'store' }), one(1, { check: 'kernel' })],
  })
  const { rates, loop, problems } = figuresOf(before, after)
  expect(rates).toMatchObject({ requests: 12, refused: 2, bans: 5, unbans: 0 })
  expect(loop.busy).toBe(0.25)
  expect(problems).toEqual(['store'])
})

it('tells how long requests took in between, streams left out', () => {
  const name = 'chainmail_http_request_duration_seconds'
  const before = reading(0, { [name]: [seen([100, 100, 100], { route: '/a' })] })
  const after = reading(1_000, {
    [name]: [
      seen([102, 104, 104], { route: '/a' }),
      seen([0, 0, 1], { route: '/v1/events' }),
      seen([0, 4, 4], { route: '/b' }),
    ],
  })
  const { latencies, rates } = figuresOf(before, after)
  expect(latencies.requests.median).toBeCloseTo(0.001 + (0.009 * 2) / 6)
  expect(latencies.ruleCommits).toEqual({ median: undefined, most: undefined })
  expect(rates.storeCommits).toBe(0)
})

it('begins anew with a daemon that was started anew', () => {
  const name = 'chainmail_store_commit_duration_seconds'
  const before = reading(0, { [name]: [seen([100, 100, 100])], chainmail_bans_total: [one(100)] })
  const after = reading(1_000, { [name]: [seen([3, 3, 3])], chainmail_bans_total: [one(1)] })
  expect(figuresOf(before, after).rates).toMatchObject({ storeCommits: 3, bans: 0 })
})

it('estimates quantiles as Prometheus does', () => {
  expect(quantile({ bounds, counts: [10, 20, 20] }, 0.5)).toBe(0.001)
  expect(quantile({ bounds, counts: [0, 10, 10] }, 0.5)).toBeCloseTo(0.0055)
  expect(quantile({ bounds, counts: [0, 0, 10] }, 0.99)).toBe(0.01)
  expect(quantile({ bounds, counts: [0, 0, 0] }, 0.5)).toBeUndefined()
  expect(quantile({ bounds: [], counts: [] }, 0.5)).toBeUndefined()
})

it('sorts rules and sets by the packets that they met', () => {
  const rule = (text: string, value: number) =>
    one(value, { family: 'ipv4', table: 'filter', chain: 'INPUT', target: 'DROP', rule: text })
  const before = reading(0, {
    chainmail_rule_packets_total: [rule('-j DROP', 10), rule('-s 192.0.2.1 -j DROP', 10), rule('-j LOG', 1)],
    chainmail_set_packets: [one(50, { set: 'a' })],
  })
  const after = reading(2_000, {
    chainmail_rule_packets_total: [
      rule('-j DROP', 30),
      rule('-s 192.0.2.1 -j DROP', 90),
      rule('-j LOG', 1),
      rule('-j NEW', 1_000),
    ],
    chainmail_rule_bytes_total: [rule('-j DROP', 1)],
    chainmail_set_packets: [one(10, { set: 'a' })],
  })
  expect(busiestRules(before, after, 5)).toEqual([
    { name: 'iptables -t filter -A INPUT -s 192.0.2.1 -j DROP', packets: 40, bytes: 0 },
    { name: 'iptables -t filter -A INPUT -j DROP', packets: 10, bytes: 0 },
  ])
  expect(busiestRules(before, after, 1)).toHaveLength(1)
  // Entries that have ended take their packets with them.
  expect(busiestSets(before, after, 5)).toEqual([])
})
