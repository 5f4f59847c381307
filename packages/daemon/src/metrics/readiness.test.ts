import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AllowBook } from '../bans/allow-book.ts'
import { BanBook } from '../bans/ban-book.ts'
import { FakeAllowlist } from '../bans/fake-allowlist.ts'
import { FakeKernel } from '../bans/fake-kernel.ts'
import { openStore, type Store } from '../store.ts'
import { Readiness } from './readiness.ts'

let folder: string
let store: Store
let book: BanBook
let allowlist: AllowBook
let now = 0
let entries = 0
let unrepaired: string[] = []
let failure: Error | undefined

let kernel: FakeKernel

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-readiness-'))
  store = openStore(folder)
  kernel = new FakeKernel()
  book = new BanBook({ kernel, store })
  allowlist = new AllowBook({ kernel: new FakeAllowlist(), bans: book, store })
  now += 10_000
  entries = 0
  unrepaired = []
  failure = undefined
})
afterEach(() => {
  vi.useRealTimers()
  store.close()
  rmSync(folder, { recursive: true })
})

const set = {
  name: 'chainmail-ban4',
  type: 'hash:net',
  revision: 7,
  family: 'inet',
  options: {},
  memory: 0,
  references: 1,
} as const

function readiness(): Readiness {
  return new Readiness({
    firewall: {
      setNames: () => {
        if (failure !== undefined) throw failure
        return []
      },
      sets: async () => [{ ...set, entries }],
    },
    book,
    allowlist,
    store,
    drift: {
      get unrepaired() {
        return unrepaired
      },
    },
    now: () => now,
  })
}

async function wrong(): Promise<Record<string, string | undefined>> {
  const checks = await readiness().checks()
  return Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]))
}

it('finds nothing wrong where all is well', async () => {
  await book.open()
  expect(await wrong()).toEqual({})
})

it('tells that the bans were not restored', async () => {
  expect(await wrong()).toEqual({ restored: expect.stringContaining('not in the kernel') })
})

it('tells that the kernel does not answer', async () => {
  await book.open()
  failure = new Error('The kernel has no ipset.')
  expect(await wrong()).toEqual({ kernel: 'The kernel has no ipset.' })
})

it('tells that the store takes no change', async () => {
  await book.open()
  store.database.exec('PRAGMA query_only = ON')
  expect(await wrong()).toEqual({ store: expect.stringMatching(/readonly/) })
  store.database.exec('PRAGMA query_only = OFF')
  expect(await wrong()).toEqual({})
})

it('tells what is not what it should be', async () => {
  await book.open()
  await book.ban('198.51.100.1', { who: 'test' })
  await book.ban('198.51.100.2', { who: 'test' })
  entries = 1
  expect(await wrong()).toEqual({ desired: 'The kernel lacks entries: chainmail-ban4 has 1 of 2.' })
  entries = 3
  expect(await wrong()).toEqual({})
  unrepaired = ['bans']
  expect(await wrong()).toEqual({ desired: 'Not what they should be, and not repaired: bans.' })
})

it('misses no exemption around which nothing is banned any more', async () => {
  await book.open()
  await book.ban('198.51.100.0/24', { who: 'test' })
  await book.unban('198.51.100.1')
  await book.ban('198.51.100.0/24', { for: 1, who: 'test' })
  entries = 1
  expect(await wrong()).toEqual({ desired: 'The kernel lacks entries: chainmail-ban4 has 1 of 2.' })
  entries = 0
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2_000 })
  expect(await wrong()).toEqual({})
})

it('misses no exemption inside of one', async () => {
  await book.open()
  await book.ban('198.51.0.0/16', { who: 'test' })
  await book.unban('198.51.100.1')
  entries = 1
  expect(await wrong()).toEqual({ desired: 'The kernel lacks entries: chainmail-ban4 has 1 of 2.' })
  await book.unban('198.51.100.0/24')
  entries = 2
  expect(await wrong()).toEqual({})
})

it('misses no exemption of what is allowed now', async () => {
  await book.open()
  await book.ban('198.51.100.0/24', { who: 'test' })
  await book.unban('198.51.100.1')
  entries = 1
  expect(await wrong()).toEqual({ desired: 'The kernel lacks entries: chainmail-ban4 has 1 of 2.' })
  kernel.allowed.add('198.51.100.1')
  expect(await wrong()).toEqual({})
})

it('looks once a second, however often it is asked', async () => {
  await book.open()
  const asked = readiness()
  const first = await asked.checks()
  const { count } = store.groups.figures.size
  for (let time = 0; time < 100; time++) expect(await asked.checks()).toBe(first)
  expect(store.groups.figures.size.count).toBe(count)
  now += 1_000
  expect(await asked.checks()).not.toBe(first)
})
