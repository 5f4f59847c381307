import { describe, expect, it } from 'vitest'
import { BanPace } from './ban-pace.ts'
import { LoginPace } from './login-pace.ts'

function paced(failures = 0) {
  const clock = { now: 0 }
  const banned: string[] = []
  const waits: number[] = []
  const pace = new LoginPace({
    failures: () => failures,
    ban: (address) => void banned.push(address),
    now: () => clock.now,
    wait: async (milliseconds) => {
      waits.push(milliseconds)
      clock.now += milliseconds
    },
  })
  return { pace, clock, banned, waits }
}

describe('failed logins', () => {
  it('are forgiven twice, then each waits longer, up to a limit', async () => {
    const { pace, waits } = paced()
    for (let failure = 0; failure < 10; failure++) {
      await pace.turn('192.0.2.7')
      pace.failed('192.0.2.7')
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000])
  })

  it('slow nobody else down', async () => {
    const { pace } = paced()
    for (let failure = 0; failure < 9; failure++) pace.failed('192.0.2.7')
    expect(pace.turn('192.0.2.8')).toBe(undefined)
    expect(pace.turn('192.0.2.7')).toBeInstanceOf(Promise)
  })

  it('of one network of a customer count together', () => {
    const { pace } = paced()
    for (let host = 1; host < 9; host++) pace.failed(`2001:db8:0:1::${host}`)
    expect(pace.turn('2001:db8:0:1:ffff::')).toBeInstanceOf(Promise)
    expect(pace.turn('2001:db8:0:2::1')).toBe(undefined)
  })

  it('wait in turn, and only a few of them', async () => {
    const { pace } = paced()
    for (let failure = 0; failure < 5; failure++) pace.failed('192.0.2.7')
    const held: (() => void)[] = []
    const slow = new LoginPace({
      failures: () => 0,
      ban: () => undefined,
      now: () => 0,
      wait: () => new Promise((resolve) => held.push(resolve)),
    })
    for (let failure = 0; failure < 5; failure++) slow.failed('192.0.2.7')
    const turns = [1, 2, 3, 4].map(() => slow.turn('192.0.2.7'))
    expect(() => slow.turn('192.0.2.7')).toThrow(
      expect.objectContaining({ code: 'too-many-attempts', seconds: 5 }),
    )
    for (const resolve of held) resolve()
    await Promise.all(turns)
    expect(slow.turn('192.0.2.7')).toBeInstanceOf(Promise)
    for (const resolve of held) resolve()
  })

  it('are over with one that is right, but still count for a ban', () => {
    const { pace, banned } = paced(6)
    for (let failure = 0; failure < 5; failure++) pace.failed('192.0.2.7')
    pace.succeeded('192.0.2.7')
    expect(pace.turn('192.0.2.7')).toBe(undefined)
    pace.failed('192.0.2.7')
    expect(banned).toEqual(['192.0.2.7'])
  })

  it('cost who has one right credential a delay each all the same', async () => {
    const { pace, waits } = paced()
    for (let guess = 0; guess < 8; guess++) {
      await pace.turn('192.0.2.7')
      pace.failed('192.0.2.7')
      await pace.turn('192.0.2.7')
      pace.succeeded('192.0.2.7')
    }
    expect(waits).toEqual([250, 250, 250, 250, 250, 250])
  })

  it('ban an address once, and never this host', () => {
    const { pace, banned } = paced(3)
    for (let failure = 0; failure < 5; failure++) pace.failed('192.0.2.7')
    for (let failure = 0; failure < 50; failure++) pace.failed(undefined)
    expect(banned).toEqual(['192.0.2.7'])
  })

  it('are forgotten after a quarter of an hour', () => {
    const { pace, clock, banned } = paced(6)
    for (let failure = 0; failure < 5; failure++) pace.failed('192.0.2.7')
    clock.now += 15 * 60_000
    expect(pace.turn('192.0.2.7')).toBe(undefined)
    pace.failed('192.0.2.7')
    expect(banned).toEqual([])
    expect(pace.turn('192.0.2.7')).toBe(undefined)
  })

  it('of many addresses take no more memory than of ten thousand', () => {
    const { pace } = paced()
    for (let host = 0; host < 20_000; host++)
      pace.failed(`10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`)
    expect(pace.size).toBe(10_000)
  })
})

describe('bans in a minute', () => {
  it('are never more than there may be, wherever the minute begins', () => {
    let now = 0
    const pace = new BanPace(() => now)
    const made: number[] = []
    for (let second = 0; second < 200; second++) {
      now = second * 1000
      for (let attempt = 0; attempt < 3; attempt++)
        if (pace.take('carol', 10) === undefined) made.push(second)
    }
    for (const begin of made) {
      const within = made.filter((second) => second >= begin && second < begin + 60)
      expect(within.length).toBeLessThanOrEqual(10)
    }
    expect(made.length).toBeGreaterThanOrEqual(30)
  })

  it('tell when there is room again', () => {
    let now = 0
    const pace = new BanPace(() => now)
    expect(pace.take('carol', 1)).toBe(undefined)
    now = 20_000
    expect(pace.take('carol', 1)).toBe(40)
    now = 60_000
    expect(pace.take('carol', 1)).toBe(undefined)
    expect(pace.take('dave', 1)).toBe(undefined)
  })
})
