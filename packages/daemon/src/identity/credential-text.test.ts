import { expect, it } from 'vitest'
import { isWellFormedKey, looksLikeKey, newKey, secretHash, withoutKeys } from './credential-text.ts'
import { isPassword, noPassword, passwordHash } from './password.ts'

it('a key has 256 random bits, and a checksum by which a slip is seen without looking it up', () => {
  const keys = new Set(Array.from({ length: 1_000 }, newKey))
  expect(keys.size).toBe(1_000)
  for (const key of keys) {
    expect(key).toMatch(/^cm_[0-9A-Za-z]{49}$/)
    expect(isWellFormedKey(key)).toBe(true)
    const at = 3 + ((secretHash(key)[0] ?? 0) % 49)
    const changed = key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1)
    expect(isWellFormedKey(changed)).toBe(false)
  }
})

it.each(['', 'cm_', 'cm_1', `cm_${'0'.repeat(50)}`, ` cm_${'0'.repeat(49)}`, `cm_${'0'.repeat(48)}-`])(
  '%j is no key',
  (text) => expect(isWellFormedKey(text)).toBe(false),
)

it('a key is hidden wherever it stands, also cut off, and the longest name of a set is not', () => {
  const key = newKey()
  expect(withoutKeys(`/v1/keys/${key}`)).toBe('/v1/keys/cm_…')
  expect(withoutKeys(`/v1/${key}/and/${key.slice(0, -10)}?`)).toBe('/v1/cm_…/and/cm_…?')
  const longest = `cm_${'a'.repeat(28)}`
  expect(withoutKeys(`/v1/sets/${longest}`)).toBe(`/v1/sets/${longest}`)
})

it('a token of another kind is not taken for a key', () => {
  expect(looksLikeKey('eyJhbGciOiJFUzI1NiJ9.e30.x')).toBe(false)
})

it('a password is known by its hash, and by no other', async () => {
  const [one, other] = await Promise.all([passwordHash('correct horse'), passwordHash('correct horse')])
  expect(one).not.toBe(other)
  expect(one).not.toContain('correct')
  expect(await isPassword('correct horse', one)).toBe(true)
  expect(await isPassword('correct horse ', one)).toBe(false)
  expect(await isPassword('', one)).toBe(false)
  expect(await isPassword('', noPassword)).toBe(false)
  expect(await isPassword('correct horse', 'scrypt:broken')).toBe(false)
})

it('a password is the same however its letters are composed', async () => {
  expect(await isPassword('cafe\u0301-12345', await passwordHash('caf\u00e9-12345'))).toBe(true)
})
