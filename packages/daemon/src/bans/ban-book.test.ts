import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChainmailError } from 'chainmail'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { BanBook } from './ban-book.ts'
import { BanStore } from './ban-store.ts'
import { FakeKernel } from './fake-kernel.ts'
import { LONGEST_TIMEOUT } from './kernel-bans.ts'

let folder = ''
let store: Store
let kernel: FakeKernel
let clock = 1_000_000
let book: BanBook

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-bans-'))
  store = openStore(folder)
  kernel = new FakeKernel()
  clock = 1_000_000
  book = newBook()
  await book.open()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  book.close()
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
  it('is in the kernel and in the store when it is answered', async () => {
    const ban = await book.ban('192.0.2.1', { for: '10m', reason: 'noise', who })
    expect(ban).toEqual({
      address: '192.0.2.1',
      family: 'ipv4',
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
    const transaction = vi.spyOn(store, 'transaction')
    await Promise.all(Array.from({ length: 50 }, (_, host) => book.ban(`192.0.2.${host}`, { who })))
    expect(transaction).toHaveBeenCalledTimes(1)
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
    other.close()
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

describe('a ban longer than a timeout of the kernel', () => {
  it('stands in the kernel with the longest timeout, and is renewed before that ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const other = newBook()
    await other.open()
    await other.ban('192.0.2.1', { for: '60d', who })
    await other.ban('192.0.2.2', { for: '10d', who })
    await other.ban('192.0.2.3', { who })
    expect(kernel.entries.get('192.0.2.1')?.seconds).toBe(LONGEST_TIMEOUT)
    const left = new Map<number, number | undefined>()
    for (let day = 7; day <= 56; day += 7) {
      clock += 7 * 86_400_000
      for (const entry of kernel.entries.values())
        if (entry.seconds !== undefined) entry.seconds -= 7 * 86_400
      vi.advanceTimersByTime(7 * 86_400_000)
      left.set(day, kernel.entries.get('192.0.2.1')?.seconds)
    }
    expect(left.get(28)).toBe(LONGEST_TIMEOUT)
    expect(left.get(42)).toBe(18 * 86_400)
    expect(left.get(56)).toBe(4 * 86_400)
    other.close()
  })
})

describe('the list', () => {
  it('is what the kernel holds, the oldest first, joined with what the store knows', async () => {
    await book.ban('192.0.2.9', { who })
    clock += 1000
    await book.ban('192.0.2.1', { for: 60, who })
    await book.ban('192.0.2.5', { who })
    kernel.entries.delete('192.0.2.5')
    kernel.entries.set('198.51.100.1', { seconds: undefined, reason: 'by hand' })
    const listed = book.list().map(({ kernel, record }) => [kernel.address, record?.since])
    expect(listed).toEqual([
      ['192.0.2.9', 1_000_000],
      ['192.0.2.1', 1_001_000],
      ['198.51.100.1', undefined],
    ])
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
