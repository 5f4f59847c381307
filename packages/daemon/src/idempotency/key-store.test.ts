import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { type KeyLimits, KeyStore, keyLimits } from './key-store.ts'

let folder = ''
let store: Store
let now = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-keys-'))
  store = openStore(folder)
  now = 1_000_000
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function keys(limits: Partial<KeyLimits> = {}): KeyStore {
  return new KeyStore(store, { ...keyLimits, ...limits }, () => now)
}

async function answered(kept: KeyStore, who: string, key: string, body = 'done'): Promise<void> {
  await kept.answer(who, kept.begin(who, key, 'hash'), { status: 200, headers: {}, body })
}

it('keeps answers when the store is opened anew, and what was begun', async () => {
  const before = keys()
  await answered(before, 'alice', 'a')
  before.begin('alice', 'b', 'hash')
  store.close()
  store = openStore(folder)
  const kept = keys()
  expect(kept.find('alice', 'a')).toMatchObject({ request: 'hash', answer: { status: 200, body: 'done' } })
  expect(kept.find('alice', 'b')).toMatchObject({ answer: undefined })
  expect(kept.find('bob', 'a')).toBeUndefined()
})

it('forgets keys after a day', async () => {
  const kept = keys()
  await answered(kept, 'alice', 'a')
  now += 24 * 3_600_000
  expect(kept.find('alice', 'a')).toBeDefined()
  now += 1
  expect(kept.find('alice', 'a')).toBeUndefined()
})

it.each([
  ['keys of one caller', { keysOfOne: 10 }],
  ['bytes of one caller', { bytesOfOne: 50 }],
])('keeps no more than so many %s, and leaves those of others', async (_, limits) => {
  const kept = keys(limits)
  await answered(kept, 'bob', 'b')
  for (let index = 0; index < 100; index++) await answered(kept, 'alice', `a${index}`, '12345')
  expect(kept.find('bob', 'b')).toBeDefined()
  expect(kept.find('alice', 'a99')).toBeDefined()
  expect(kept.find('alice', 'a89')).toBeUndefined()
  expect(keys(limits).find('alice', 'a91')).toBeDefined()
})

it('keeps no more than so many of all together', async () => {
  const kept = keys({ keys: 10 })
  for (let index = 0; index < 50; index++) await answered(kept, `caller-${index}`, 'a')
  expect(kept.find('caller-39', 'a')).toBeUndefined()
  expect(kept.find('caller-41', 'a')).toBeDefined()
})

it('keeps that a request was done whose answer is too large', async () => {
  const kept = keys()
  await answered(kept, 'alice', 'a', 'x'.repeat(2 * 1024 ** 2))
  expect(kept.find('alice', 'a')?.answer).toMatchObject({ status: 200, body: undefined })
})
