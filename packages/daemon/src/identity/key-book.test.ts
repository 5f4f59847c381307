import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { secretHash } from './credential-text.ts'
import { KeyBook } from './key-book.ts'

const permissions = { read: true } as const
const fingerprint = 'AB'.repeat(32)
let folder = ''
let store: Store
const clock = { now: 0 }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-keys-'))
  store = openStore(folder)
  clock.now = 1_000_000
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const open = () => new KeyBook({ store, now: () => clock.now })

function usedInStore(): unknown {
  return store.database.prepare('SELECT used FROM keys').get()?.used
}

it('the store holds the hash of a key, and not the key', async () => {
  const { key = '' } = await open().create({ name: 'carol', permissions })
  const row = JSON.stringify(store.database.prepare('SELECT * FROM keys').all())
  expect(row).not.toContain(key)
  expect(row).toContain(secretHash(key).toString('hex'))
  expect(open().byHash(secretHash(key))?.name).toBe('carol')
})

it('when a key was used is known at once, and written seldom', async () => {
  const book = open()
  const { record } = await book.create({ name: 'carol', permissions })
  clock.now += 1_000
  for (let request = 0; request < 100; request++) book.use(record)
  expect(book.list()).toMatchObject([{ used: clock.now }])
  expect(usedInStore()).toBe(null)
  clock.now += 15 * 60_000
  book.use(record)
  expect(usedInStore()).toBe(clock.now)
  clock.now += 1_000
  book.use(record)
  book.keepUses()
  expect(open().list()).toMatchObject([{ used: clock.now }])
})

it('a key that expires is good until then', async () => {
  const book = open()
  const { key = '' } = await book.create({ name: 'carol', permissions, expires: clock.now + 10 })
  clock.now += 9
  expect(book.byHash(secretHash(key))?.name).toBe('carol')
  clock.now += 1
  expect(book.byHash(secretHash(key))).toBe(undefined)
  await expect(book.create({ name: 'dave', permissions, expires: clock.now })).rejects.toMatchObject({
    code: 'bad-request',
    path: 'expires',
  })
})

it('a name is free again when its key is revoked, and so is a certificate', async () => {
  const book = open()
  await book.create({ name: 'carol', permissions, certificate: fingerprint })
  await expect(book.create({ name: 'carol', permissions })).rejects.toMatchObject({ code: 'key-exists' })
  await expect(book.create({ name: 'dave', permissions, certificate: fingerprint })).rejects.toMatchObject({
    code: 'key-exists',
  })
  book.revoke('carol')
  expect(book.byFingerprint(fingerprint)).toBe(undefined)
  const colons = (fingerprint.match(/../g) ?? []).join(':').toLowerCase()
  await book.create({ name: 'carol', permissions, certificate: colons })
  expect(book.byFingerprint(fingerprint)?.name).toBe('carol')
  expect(open().byFingerprint(fingerprint)?.name).toBe('carol')
  expect(book.list()).toMatchObject([{ revoked: clock.now }, { revoked: undefined }])
})

it('two requests that come together cannot take one name', async () => {
  const book = open()
  const made = await Promise.allSettled(
    [1, 2].map((one) => book.create({ name: 'rfw-1', permissions, password: `password ${one}` })),
  )
  expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

it.each(['', 'a b', 'a:b', 'oidc:carol', '-a', 'socket', 'HTTPS', 'chainmail', 'x'.repeat(65), 'a\n', 'é'])(
  '%j is no name for a key',
  async (name) => {
    await expect(open().create({ name, permissions })).rejects.toMatchObject({
      code: 'bad-request',
      path: 'name',
    })
  },
)
