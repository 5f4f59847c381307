import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FirewallEvent, FirewallEvents } from '../events.ts'
import { BanEnds, type EndingBan } from './ban-ends.ts'

const ban = (address: string, until?: number): EndingBan => ({ address, scope: 'everything', until })

describe('the ends of bans', () => {
  let told: FirewallEvent[]
  let ends: BanEnds<EndingBan>

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 })
    const events = new FirewallEvents()
    told = []
    events.listen((event) => told.push(event))
    ends = new BanEnds({ events })
  })

  afterEach(() => {
    ends[Symbol.dispose]()
    vi.useRealTimers()
  })

  const addresses = (): unknown[] =>
    told.flatMap((event) => (event.kind === 'expiry' ? [event.bans.map((one) => one.address)] : []))

  it('are told in their order, those of one moment together', () => {
    for (const [address, until] of Object.entries({ c: 9_000, a: 1_000, d: 9_010, b: 5_000, e: 99_000 }))
      ends.expect(ban(address, until))
    ends.expect(ban('for ever'))
    vi.advanceTimersByTime(10_000)
    expect(addresses()).toEqual([['a'], ['b'], ['c', 'd']])
    expect(told[0]).toMatchObject({ kind: 'expiry', count: 1, detail: 'The ban of a has ended.' })
    expect(told[2]).toMatchObject({ kind: 'expiry', count: 2, detail: '2 bans have ended.' })
  })

  it('are not those of bans that were taken back, unless that was undone', () => {
    const [one, other] = [ban('a', 1_000), ban('b', 1_000)]
    ends.expect(one)
    ends.expect(other)
    ends.forget(one)
    ends.forget(other)
    ends.expect(other)
    vi.advanceTimersByTime(2_000)
    expect(addresses()).toEqual([['b']])
  })

  it('keep their order whatever comes and goes, and hold nothing that is gone for long', () => {
    const bans = Array.from({ length: 5_000 }, (_, index) =>
      ban(String(index), 1_000 * (1 + ((index * 7919) % 5_000))),
    )
    for (const one of bans) ends.expect(one)
    for (const one of bans) if (Number(one.address) % 5 !== 0) ends.forget(one)
    vi.advanceTimersByTime(5_001_000)
    const left = bans.filter(({ address }) => Number(address) % 5 === 0)
    const sorted = left.toSorted((one, other) => (one.until ?? 0) - (other.until ?? 0))
    expect(addresses()).toEqual(sorted.map(({ address }) => [address]))
  })

  it('may lie beyond the longest timer', () => {
    ends.expect(ban('a', 2 ** 32))
    vi.advanceTimersByTime(2 ** 31)
    expect(told).toEqual([])
    vi.advanceTimersByTime(2 ** 31 + 1_000)
    expect(addresses()).toEqual([['a']])
  })
})
