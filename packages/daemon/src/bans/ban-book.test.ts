import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BookedBan, ChainmailError } from 'chainmail'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { BanBook } from './ban-book.ts'
import { BanStore } from './ban-store.ts'
import { FakeKernel } from './fake-kernel.ts'

let folder = ''
let store: Store
let kernel: FakeKernel
let clock = 1_000_000
let book: BanBook

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-bans-'))
  store = openStore(folder)
  kernel = new FakeKernel(() => clock)
  clock = 1_000_000
  book = newBook()
  await book.open()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  store.close()
  rmSync(folder, { recursive: true })
})

function newBook(): BanBook {
  return new BanBook({ kernel, store, now: () => clock })
}

function stored(): string[] {
  return Array.from(new BanStore(store.database).live(clock), (ban) => ban.address)
}

/** Makes the store refuse the next changes, as a full disk would. */
function breakStore(): void {
  store.database.exec(
    "CREATE TEMP TRIGGER broken BEFORE INSERT ON bans BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
  )
}

const who = 'test'

describe('a ban', () => {
  it('of a network that was exempt holds what had been exempt inside of it', async () => {
    await book.ban('198.51.0.0/16', { who })
    await book.unban('198.51.100.1')
    await book.unban('198.51.100.0/24')
    expect(stored().toSorted()).toEqual(['198.51.0.0/16', '198.51.100.0/24'])
    expect([...kernel.entries.keys()].toSorted()).toEqual(['198.51.0.0/16', '198.51.100.0/24'])
    await book.ban('198.51.100.0/24', { who })
    expect(kernel.entries.get('198.51.100.0/24')?.exempt).toBeUndefined()
    expect(kernel.entries.has('198.51.100.1')).toBe(false)
  })

  it('that is refused makes no set', async () => {
    kernel.present = false
    const restores = kernel.restores
    const check = (): never => {
      throw new ChainmailError('bad-request', 'not so')
    }
    await expect(book.ban('192.0.2.1', { who, check })).rejects.toMatchObject({ code: 'bad-request' })
    expect(kernel.restores).toBe(restores)
    await book.ban('192.0.2.1', { who })
    expect(kernel.restores).toBe(restores + 1)
  })

  it('that is to be taken back and is not there makes no set, beside others or alone', async () => {
    kernel.present = false
    await expect(book.unban('192.0.2.1')).rejects.toMatchObject({ code: 'not-banned' })
    expect(kernel.present).toBe(false)
    await book.ban('198.51.100.0/24', { who })
    kernel.present = false
    await expect(book.unban('192.0.2.1')).rejects.toMatchObject({ code: 'not-banned' })
    expect(kernel.present).toBe(false)
    await book.unban('198.51.100.7')
    expect(kernel.present).toBe(true)
  })

  it('is in the kernel and in the store when it is answered', async () => {
    const ban = await book.ban('192.0.2.1', { for: '10m', reason: 'noise', who })
    expect(ban).toMatchObject({
      networks: ['192.0.2.1'],
      since: clock,
      until: clock + 600_000,
      reason: 'noise',
      who,
    })
    expect(kernel.entries.get('192.0.2.1')).toEqual({ seconds: 600, reason: 'noise' })
    expect(stored()).toEqual(['192.0.2.1'])
  })

  it('is kept under the canonical address', async () => {
    await book.ban('2001:DB8::/32', { who })
    await book.ban('192.0.2.1/32', { who })
    expect([...kernel.entries.keys()].toSorted()).toEqual(['192.0.2.1', '2001:db8::/32'])
    await book.unban('2001:0db8:0::/32')
    expect(stored()).toEqual(['192.0.2.1'])
  })

  it('that is repeated keeps its beginning and gets the new end and reason', async () => {
    await book.ban('192.0.2.1', { for: '10m', reason: 'first', who })
    clock += 60_000
    const again = await book.ban('192.0.2.1', { for: '1h', who })
    expect(again).toMatchObject({ since: 1_000_000, until: clock + 3_600_000, reason: undefined })
    expect(kernel.entries.get('192.0.2.1')).toEqual({ seconds: 3600, reason: undefined })
  })

  it('that will end by itself is told of, and so is that it will not after all', async () => {
    const expected = new Map<string, number | undefined>()
    const ends = {
      expect: ({ address, until }: BookedBan) => void expected.set(address, until),
      forget: ({ address }: BookedBan) => void expected.delete(address),
    }
    book = new BanBook({ kernel, store, ends, now: () => clock })
    await book.ban('192.0.2.1', { for: '10m', who })
    await book.ban('192.0.2.2', { for: '10m', who })
    await book.ban('192.0.2.1', { for: '1h', who })
    await book.unban('192.0.2.2')
    breakStore()
    await expect(book.ban('192.0.2.3', { for: '1h', who })).rejects.toMatchObject({ code: 'store-failed' })
    expect(expected).toEqual(new Map([['192.0.2.1', clock + 3_600_000]]))
    expected.clear()
    new BanStore(store.database).tell(ends)
    expect(expected).toEqual(new Map([['192.0.2.1', clock + 3_600_000]]))
  })

  it('that has run out begins anew', async () => {
    await book.ban('192.0.2.1', { for: '10m', who })
    clock += 700_000
    expect(await book.ban('192.0.2.1', { who })).toMatchObject({ since: clock, until: undefined })
  })

  it.each(['', '192.0.2', '192.0.2.1/33', '10.1.2.3/8', '192.0.2.1\n', 'localhost', '-j ACCEPT', '1.2.3.4 '])(
    'of %j is refused and changes nothing',
    async (address) => {
      await expect(book.ban(address, { who })).rejects.toMatchObject({ code: 'bad-address' })
      expect(kernel.entries.size).toBe(0)
      expect(stored()).toEqual([])
    },
  )

  it.each(['', '0', 0, -1, 1.5, '10 m', '1y', '1e3', '99999999999d'])(
    'for %j is refused and changes nothing',
    async (duration) => {
      await expect(book.ban('192.0.2.1', { for: duration, who })).rejects.toMatchObject({
        code: 'bad-duration',
      })
      expect(kernel.entries.size).toBe(0)
      expect(stored()).toEqual([])
    },
  )

  it('that would end after the year 9999 is refused', async () => {
    await expect(book.ban('192.0.2.1', { for: '3650000d', who })).rejects.toMatchObject({
      code: 'bad-duration',
    })
    expect(kernel.entries.size).toBe(0)
  })
})

describe('going back', () => {
  const origin = { who, door: 'daemon' } as const
  const held = (address: string): BookedBan | undefined =>
    book.bans.get({ address, family: 'ipv4', scope: 'everything' }, clock)

  /** What takes back what was done to an address since it was read. */
  const backFrom = (address: string, was: BookedBan | undefined) => ({ before: held(address), after: was })

  it('after a probation leaves what others have changed since, in the kernel too', async () => {
    await book.ban('192.0.2.1', { reason: 'long ago', who })
    const was = held('192.0.2.1')
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']
    for (const address of addresses) await book.ban(address, { for: '1h', reason: 'trial', who })
    const changes = addresses.map((address) => backFrom(address, address === '192.0.2.1' ? was : undefined))
    await book.ban('192.0.2.2', { who: 'another' })
    await book.ban('192.0.2.3', { for: '1h', reason: 'trial', who: 'another' })
    await book.unban('192.0.2.4')
    // As the guard does.
    kernel.entries.clear()
    await book.restore(changes, origin, { afterProbation: true })
    expect(held('192.0.2.1')).toEqual(was)
    expect(held('192.0.2.2')).toMatchObject({ who: 'another', until: undefined })
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
    await book.restore(changes, origin, { afterProbation: true })
    expect(stored()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  })

  it('after a probation gives the kernel again what it took where nothing else is left to do', async () => {
    await book.ban('192.0.2.1', { for: '1h', who })
    const change = backFrom('192.0.2.1', undefined)
    await book.ban('192.0.2.1', { who })
    kernel.entries.clear()
    await book.restore([change], origin, { afterProbation: true })
    expect([...kernel.entries]).toEqual([['192.0.2.1', { seconds: undefined, reason: undefined }]])
  })

  it('after a probation puts back what was there before a ban that has ended by then', async () => {
    await book.ban('192.0.2.1', { reason: 'long ago', who })
    const was = held('192.0.2.1')
    await book.ban('192.0.2.1', { for: '1h', who })
    const change = backFrom('192.0.2.1', was)
    clock += 3_600_000
    await book.restore([change], origin, { afterProbation: true })
    expect(held('192.0.2.1')).toEqual(was)
  })

  it('by a rollback takes back whatever is there', async () => {
    await book.ban('192.0.2.1', { for: '1h', who })
    const change = backFrom('192.0.2.1', undefined)
    await book.ban('192.0.2.1', { who })
    await book.restore([change], origin)
    expect(stored()).toEqual([])
    expect(kernel.entries.size).toBe(0)
  })
})

describe('taking a ban back', () => {
  it('removes it from the kernel and the store', async () => {
    await book.ban('192.0.2.1', { who })
    await book.unban('192.0.2.1')
    expect(kernel.entries.size).toBe(0)
    expect(stored()).toEqual([])
  })

  it('that is not there is refused', async () => {
    await expect(book.unban('192.0.2.1')).rejects.toMatchObject({ code: 'not-banned' })
  })

  it('works where either the kernel or the store alone has it', async () => {
    await book.ban('192.0.2.1', { who })
    kernel.entries.delete('192.0.2.1')
    await book.unban('192.0.2.1')
    kernel.entries.set('192.0.2.2', { seconds: undefined, reason: undefined })
    await book.unban('192.0.2.2')
    expect(kernel.entries.size + stored().length).toBe(0)
  })
})

describe('what arrives in one turn of the event loop', () => {
  it('is one transaction of the store', async () => {
    const stage = vi.spyOn(store.groups, 'stage')
    await Promise.all(Array.from({ length: 50 }, (_, host) => book.ban(`192.0.2.${host}`, { who })))
    expect(stage).toHaveBeenCalledTimes(1)
    expect(stored()).toHaveLength(50)
  })

  it('is done in its order', async () => {
    const results = await Promise.allSettled([
      book.unban('192.0.2.1'),
      book.ban('192.0.2.1', { who }),
      book.unban('192.0.2.1'),
      book.ban('192.0.2.1', { reason: 'last', who }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(kernel.entries.get('192.0.2.1')?.reason).toBe('last')
  })

  it('fails alone where the kernel refuses it', async () => {
    kernel.refused.add('192.0.2.2')
    const results = await Promise.allSettled(
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => book.ban(address, { who })),
    )
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'set-full' } })
    expect(stored()).toEqual(['192.0.2.1', '192.0.2.3'])
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.1', '192.0.2.3'])
  })

  it('is taken back from the kernel when the store fails', async () => {
    await book.ban('192.0.2.1', { for: 600, reason: 'before', who })
    await book.ban('192.0.2.2', { who })
    clock += 60_000
    breakStore()
    const results = await Promise.allSettled([
      book.unban('192.0.2.2'),
      book.ban('192.0.2.1', { for: 5, reason: 'after', who }),
      book.ban('192.0.2.3', { who }),
    ])
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store-failed' } })
    }
    expect(Object.fromEntries(kernel.entries)).toEqual({
      '192.0.2.1': { seconds: 540, reason: 'before' },
      '192.0.2.2': { seconds: undefined, reason: undefined },
    })
    expect(stored()).toEqual(['192.0.2.1', '192.0.2.2'])
    store.database.exec('DROP TRIGGER broken')
    await book.ban('192.0.2.4', { who })
    expect(stored()).toContain('192.0.2.4')
  })
})

describe('opening the book', () => {
  it('gives the kernel exactly the bans of the store, with the time that is left', async () => {
    await book.ban('192.0.2.1', { for: 600, reason: 'noise', who })
    await book.ban('192.0.2.2', { for: 30, who })
    await book.ban('192.0.2.3', { who })
    kernel.entries.clear()
    kernel.entries.set('198.51.100.1', { seconds: undefined, reason: undefined })
    clock += 60_000
    expect(await newBook().open()).toBe(2)
    expect(Object.fromEntries(kernel.entries)).toEqual({
      '192.0.2.1': { seconds: 540, reason: 'noise' },
      '192.0.2.3': { seconds: undefined, reason: undefined },
    })
  })

  it('is tried again before the next ban where it failed, and the caller is told when it fails again', async () => {
    const other = newBook()
    const missing = () => new ChainmailError('set-type-unsupported', 'This kernel has no hash:net.')
    kernel.failure = missing()
    await expect(other.open()).rejects.toMatchObject({ code: 'set-type-unsupported' })
    kernel.failure = missing()
    await expect(other.ban('192.0.2.1', { who })).rejects.toMatchObject({ code: 'set-type-unsupported' })
    expect(stored()).toEqual([])
    await other.ban('192.0.2.1', { who })
    expect(kernel.entries.has('192.0.2.1')).toBe(true)
  })
})

describe('a set that somebody else destroyed, or whose rule he took away', () => {
  it('is made again with all bans by the next request, which succeeds', async () => {
    await book.ban('192.0.2.1', { who })
    kernel.present = false
    kernel.entries.clear()
    await book.ban('192.0.2.2', { who })
    expect([...kernel.entries.keys()].toSorted()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(stored()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(kernel.restores).toBe(2)
  })
})

describe('the store', () => {
  it('does not grow with bans that have run out', async () => {
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 50 }, (_, host) => book.ban(`10.0.${round}.${host}`, { for: 1, who })),
      )
      clock += 2000
    }
    const rows = Number(store.database.prepare('SELECT count(*) AS rows FROM bans').get()?.rows)
    expect(rows).toBeLessThanOrEqual(512)
  })
})

describe('a ban of a scope', () => {
  it('stands beside one of everything, and is taken back alone', async () => {
    await book.ban('192.0.2.1', { who })
    await book.ban('192.0.2.1', { scope: 'input', who })
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.1', '192.0.2.1 input'])
    await book.unban('192.0.2.1', { scope: 'everything' })
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.1 input'])
    await expect(book.unban('192.0.2.1', { scope: 'output' })).rejects.toMatchObject({ code: 'not-banned' })
    await book.unban('192.0.2.1')
    expect(kernel.entries.size + stored().length).toBe(0)
  })

  it('of ports is one for each, and all are found when no scope is said', async () => {
    await book.ban('192.0.2.1', { scope: { ports: ['tcp:22', 'tcp:80-81'] }, who })
    const keys = ['192.0.2.1 tcp:22', '192.0.2.1 tcp:80', '192.0.2.1 tcp:81']
    expect([...kernel.entries.keys()]).toEqual(keys)
    kernel.entries.clear()
    const other = newBook()
    await other.open()
    expect([...kernel.entries.keys()]).toEqual(keys)
    await other.unban('192.0.2.1')
    expect(kernel.entries.size + stored().length).toBe(0)
  })
})

describe('a range', () => {
  it('is the networks that it consists of', async () => {
    const ban = await book.ban('192.0.2.1-192.0.2.4', { who })
    expect(ban.networks).toEqual(['192.0.2.1', '192.0.2.2/31', '192.0.2.4'])
    expect(stored()).toEqual(ban.networks)
    await book.unban('192.0.2.1-192.0.2.4')
    expect(stored()).toEqual([])
  })

  it('leaves nothing behind where one of its networks is refused, and what was banned before stays', async () => {
    await book.ban('192.0.2.1', { for: 600, reason: 'before', who })
    kernel.refused.add('192.0.2.4')
    await expect(book.ban('192.0.2.1-192.0.2.4', { who })).rejects.toMatchObject({ code: 'set-full' })
    expect(Object.fromEntries(kernel.entries)).toEqual({ '192.0.2.1': { seconds: 600, reason: 'before' } })
    expect(stored()).toEqual(['192.0.2.1'])
  })
})

describe('an address that is unbanned inside of a banned network', () => {
  it('is exempt as long as the network is banned, after a restart too', async () => {
    await book.ban('192.0.2.0/24', { for: 600, who })
    await book.unban('192.0.2.7')
    const exempt = { seconds: 600, reason: undefined, exempt: true }
    expect(kernel.entries.get('192.0.2.7')).toEqual(exempt)
    expect(book.count()).toBe(1)
    await expect(book.unban('192.0.2.7')).rejects.toMatchObject({ code: 'not-banned' })
    kernel.entries.clear()
    const other = newBook()
    expect(await other.open()).toBe(1)
    expect(kernel.entries.get('192.0.2.7')).toEqual(exempt)
    await other.unban('192.0.2.0/24')
    expect(kernel.entries.size + stored().length).toBe(0)
  })

  it('is banned again by a ban of its own', async () => {
    await book.ban('192.0.2.0/24', { who })
    await book.unban('192.0.2.7')
    await book.ban('192.0.2.7', { reason: 'again', who })
    expect(kernel.entries.get('192.0.2.7')).toEqual({ seconds: undefined, reason: 'again' })
  })

  it('is not exempt again by a refusal when the bans around it have run out', async () => {
    await book.ban('192.0.2.0/24', { who })
    await book.unban('192.0.2.7')
    await book.ban('192.0.2.0/24', { for: 600, who })
    clock += 600_001
    // The kernel takes the ban out, and whoever reads the set the exemption that is left over.
    kernel.entries.clear()
    await expect(book.unban('192.0.2.7-192.0.2.9')).rejects.toMatchObject({ code: 'not-banned' })
    expect(kernel.entries.size).toBe(0)
  })

  it('is not exempt when the store fails', async () => {
    await book.ban('192.0.2.0/24', { who })
    breakStore()
    await expect(book.unban('192.0.2.7')).rejects.toMatchObject({ code: 'store-failed' })
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.0/24'])
  })
})

describe('many bans', () => {
  it('have an outcome each, in their order', async () => {
    const many = Array.from({ length: 1_000 }, (_, number) => ({
      address: `10.0.${number >> 8}.${number & 255}`,
    }))
    many.splice(500, 1, { address: 'nonsense' })
    const outcomes = await book.banMany(many, { who })
    expect(outcomes).toHaveLength(1_000)
    expect(outcomes[500]).toMatchObject({ reason: { code: 'bad-address' } })
    expect(outcomes[501]).toMatchObject({ networks: ['10.0.1.245'] })
    expect(stored()).toHaveLength(999)
    const back = await book.unbanMany(many)
    expect(back.flatMap((refused, index) => (refused === undefined ? [] : [index]))).toEqual([500])
    expect(stored()).toEqual([])
  })
})

describe('a single IPv6 address', () => {
  it('is its network where the book is told so, unless the request says otherwise', async () => {
    const other = new BanBook({ kernel, store, ipv6Prefix: () => 64, now: () => clock })
    await other.ban('2001:db8::1', { who })
    await other.ban('2001:db8::2', { ipv6Prefix: 128, who })
    expect([...kernel.entries.keys()]).toEqual(['2001:db8::/64', '2001:db8::2'])
    await other.unban('2001:db8::9')
    expect([...kernel.entries.keys()]).toEqual(['2001:db8::2'])
  })
})
