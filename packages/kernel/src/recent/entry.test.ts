import { describe, expect, it } from 'vitest'
import { readEntry } from './entry.ts'

/** The counter at the moment `now`, at 250 ticks a second, an hour after the machine began. */
const begin = 2 ** 32 - 300 * 250
const now = { wall: Date.UTC(2026, 0, 1, 12), monotonic: 3_600_000 }
const ago = (seconds: number): number => begin + (3600 - seconds) * 250

function seconds(times: readonly Date[]): number[] {
  return times.map((time) => (now.wall - time.getTime()) / 1000)
}

describe('an entry of a recent list', () => {
  it('is read with its times, the oldest first', () => {
    const line = `src=192.0.2.7 ttl: 64 last_seen: ${ago(1)} oldest_pkt: 3 ${ago(9)}, ${ago(5)}, ${ago(1)}`
    const { seen, lastSeen, ...entry } = readEntry(line, 250, now)
    expect(entry).toEqual({ address: '192.0.2.7', family: 'ipv4', ttl: 64 })
    expect(seconds([lastSeen])).toEqual([1])
    expect(seconds(seen)).toEqual([9, 5, 1])
  })

  it('is read from a ring that has come round', () => {
    const line = `src=192.0.2.7 ttl: 64 last_seen: ${ago(1)} oldest_pkt: 1 ${ago(1)}, ${ago(9)}, ${ago(5)}`
    expect(seconds(readEntry(line, 250, now).seen)).toEqual([9, 5, 1])
  })

  it('has the short text of an IPv6 address', () => {
    const line = `src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 0 last_seen: ${ago(0)} oldest_pkt: 1 ${ago(0)}`
    expect(readEntry(line, 250, now)).toMatchObject({ address: '2001:db8::1', family: 'ipv6', ttl: 0 })
  })

  it('never was seen in the time to come', () => {
    const line = `src=192.0.2.7 ttl: 64 last_seen: ${ago(-1)} oldest_pkt: 1 ${ago(-1)}`
    expect(readEntry(line, 250, now).lastSeen).toEqual(new Date(now.wall))
  })

  it.each([
    '',
    'src=192.0.2.7',
    'src=192.0.2.7 ttl: 64 last_seen: x oldest_pkt: 1 5',
    'dst=192.0.2.7 ttl: 6',
  ])('is not read from %j', (line) => {
    expect(() => readEntry(line, 250, now)).toThrow(expect.objectContaining({ code: 'recent-malformed' }))
  })
})
