import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { AllowBook } from './allow-book.ts'
import { BanBook } from './ban-book.ts'
import { FakeAllowlist } from './fake-allowlist.ts'
import { FakeKernel } from './fake-kernel.ts'

let folder = ''
let store: Store
let kernel: FakeKernel
let allowed: FakeAllowlist
let bans: BanBook
let book: AllowBook

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-allow-'))
  store = openStore(folder)
  kernel = new FakeKernel()
  allowed = new FakeAllowlist()
  bans = new BanBook({ kernel, store })
  book = new AllowBook({ kernel: allowed, bans, store, now: () => 1_000 })
  await bans.open()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const entries = () => book.list().filter(({ origin }) => origin === 'entry')
const office = {
  address: '192.0.2.0/24',
  family: 'ipv4',
  reason: 'the office',
  origin: 'entry',
  who: 'test',
  since: 1_000,
}

const test = { who: 'test', door: 'socket' } as const

describe('the allowlist', () => {
  it('is remembered with who asked for an entry, why and since when', async () => {
    expect((await book.allow('192.0.2.0/24', 'the office', test)).entries).toEqual([office])
    allowed.entries.clear()
    book.open()
    expect(entries()).toEqual([office])
    await book.disallow('192.0.2.0/24', test)
    book.open()
    expect(entries()).toEqual([])
    await expect(book.disallow('192.0.2.0/24', test)).rejects.toMatchObject({ code: 'not-in-allowlist' })
  })

  it('goes back after a probation, but for what others have changed since', async () => {
    for (const last of [4, 5, 6, 7]) await book.allow(`198.51.100.${last}`, 'the trial', test)
    await book.allow('198.51.100.5', 'another', test)
    await book.disallow('198.51.100.6', test)
    const made = (last: number) => ({ address: `198.51.100.${last}`, reason: 'the trial' })
    const changes = [
      { before: made(4) },
      { before: made(5) },
      { before: made(6), after: { address: '198.51.100.6', reason: 'before' } },
      { after: { address: '198.51.100.7', reason: 'before' } },
      { after: { address: '198.51.100.8', reason: 'before' } },
    ]
    await book.restore(changes, test, { afterProbation: true })
    expect(entries().map(({ address, reason }) => [address, reason])).toEqual([
      ['198.51.100.5', 'another'],
      ['198.51.100.7', 'the trial'],
      ['198.51.100.8', 'before'],
    ])
    await book.restore(changes, test)
    expect(entries().map(({ address }) => address)).toEqual([7, 8, 6].map((last) => `198.51.100.${last}`))
  })

  it('shows what this host needs itself, and what another program has put there', async () => {
    await allowed.add('198.51.100.1')
    expect(book.list()).toEqual([
      { address: '198.51.100.1', family: 'ipv4', origin: 'entry' },
      { address: '127.0.0.0/8', family: 'ipv4', reason: 'loopback', origin: 'default' },
    ])
  })

  it('makes the book forget the bans inside', async () => {
    await bans.ban('192.0.2.7', { who: 'test' })
    await bans.ban('198.51.100.7', { who: 'test' })
    await book.allow('192.0.2.0/24', undefined, test)
    expect(bans.count()).toBe(1)
  })

  it('is as it was when the store fails', async () => {
    await bans.ban('192.0.2.7', { who: 'test' })
    store.database.exec(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON allowlist BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
    )
    await expect(book.allow('192.0.2.0/24', 'x', test)).rejects.toMatchObject({
      code: 'store-failed',
    })
    expect(entries()).toEqual([])
    expect(bans.count()).toBe(1)
    expect([...kernel.entries.keys()]).toEqual(['192.0.2.7'])
  })

  it('is as it was when the kernel refuses', async () => {
    await book.allow('192.0.2.0/24', 'the office', test)
    await bans.ban('198.51.100.7', { who: 'test' })
    vi.spyOn(allowed, 'add').mockRejectedValue(new Error('no memory'))
    await expect(book.allow('198.51.100.0/24', 'x', test)).rejects.toThrow('no memory')
    await expect(book.allow('192.0.2.0/24', 'another reason', test)).rejects.toThrow('no memory')
    book.open()
    expect(entries()).toEqual([office])
    expect(bans.count()).toBe(1)
  })
})
