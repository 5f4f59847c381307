import type { BookedBan } from 'chainmail'
import { expect, it } from 'vitest'
import { pack, unpack } from './ban-text.ts'

function ban(address: string, more: Partial<BookedBan> = {}): BookedBan {
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  return {
    address,
    family,
    scope: 'everything',
    since: 1_000,
    until: undefined,
    reason: undefined,
    who: 'loopback',
    exempt: false,
    ...more,
  }
}

it('bans are kept with what they have in common once, and come back as they were', () => {
  const bans = [
    ...Array.from({ length: 100 }, (_, last) => ({ before: undefined, after: ban(`192.0.2.${last}`) })),
    {
      before: ban('2001:db8::/64', { until: 5_000, reason: 'x' }),
      after: ban('2001:db8::/64', { scope: 'tcp:22' }),
    },
    { before: ban('192.0.2.7', { exempt: true, who: undefined }), after: undefined },
  ]
  const text = JSON.stringify(pack({ bans }))
  expect(text.length).toBeLessThan(3_000)
  expect(unpack(JSON.parse(text))).toEqual({ bans })
})

it('operations without bans stay as they are', () => {
  const operations = { irreversible: ['Something.'] }
  expect(unpack(JSON.parse(JSON.stringify(pack(operations))))).toEqual(operations)
})
