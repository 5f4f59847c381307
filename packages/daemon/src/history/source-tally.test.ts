import { expect, it } from 'vitest'
import { SourceTally } from './source-tally.ts'

it('counts bans by who asks and by door, and takes back what was not made', () => {
  const tally = new SourceTally()
  tally.count({ who: 'bouncer', door: 'socket' }, 'bans', { banned: 3 }, 1)
  tally.count({ who: 'bouncer', door: 'socket' }, 'bans', { banned: 2, unbanned: 1 }, 1)
  tally.count({ who: 'bouncer', door: 'socket' }, 'bans', { banned: 2, unbanned: 1 }, -1)
  tally.count({ who: 'bouncer', door: 'loopback' }, 'bans', { renewed: 1 }, 1)
  expect([...tally.bans()]).toEqual([{ who: 'bouncer', door: 'socket', banned: 3, unbanned: 0 }])
  expect([...tally.revisions()]).toEqual([
    { what: 'bans', door: 'socket', revisions: 1 },
    { what: 'bans', door: 'loopback', revisions: 1 },
  ])
})

it('tells a hundred names apart, and counts all that come later together', () => {
  const tally = new SourceTally()
  for (let number = 0; number < 1_000; number++)
    tally.count({ who: `key ${number}`, door: 'socket' }, 'bans', { banned: 1 }, 1)
  const counts = [...tally.bans()]
  expect(counts).toHaveLength(101)
  expect(counts.at(-1)).toEqual({ who: 'others', door: 'socket', banned: 900, unbanned: 0 })
})
