import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { type Identity, Rejection } from './authenticator.ts'
import { mayEverything } from './permissions.ts'
import { authenticatorOf, shownFor as step } from './test-authenticator.ts'
import { OTP_HEADER, TotpBook } from './totp-book.ts'

const alice: Identity = {
  name: 'alice',
  by: 'key',
  permissions: mayEverything,
  isGood: () => true,
}

let folder = ''
let store: Store
let book: TotpBook
let now = 0
let ticks = 0

const openBook = () => new TotpBook({ store, now: () => now, ticks: () => ticks })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-totp-'))
  store = openStore(folder)
  now = 1_800_000_000_000
  ticks = 0
  book = openBook()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function check(given?: string | string[], who = alice): ReturnType<TotpBook['check']> {
  const request = new IncomingMessage(new Socket())
  if (given !== undefined) request.headers[OTP_HEADER] = String(given)
  return book.check(who, request)
}

describe('a one-time password', () => {
  it('is asked of whom it was given to, and of those who have to have one', async () => {
    expect(await check()).toBe('unused')
    expect(await check('123456')).toBe('unused')
    const strict = { ...alice, permissions: { everything: true, secondFactor: true } as const }
    expect(await check(undefined, strict)).toBe('absent')
    expect(await check('123456', strict)).toBe('absent')
    book.enrol('alice')
    expect(await check()).toBe('absent')
    expect(await check(undefined, { ...alice, name: 'bob' })).toBe('unused')
  })

  it('is good for once, also after a restart', async () => {
    const password = authenticatorOf(book.enrol('alice'))
    expect(await check(password(now))).toBe('given')
    expect(await check(password(now))).toBeInstanceOf(Rejection)
    book = openBook()
    expect(await check(password(now))).toBeInstanceOf(Rejection)
    now += step
    expect(await check(password(now))).toBe('given')
  })

  it('is taken one step early and one step late, and not two', async () => {
    for (const [off, isTaken] of [
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ] as const) {
      const password = authenticatorOf(book.enrol('alice'))
      const verdict = await check(password(now + off * step))
      expect([off, verdict === 'given']).toEqual([off, isTaken])
    }
  })

  it('ends those before it', async () => {
    const password = authenticatorOf(book.enrol('alice'))
    expect(await check(password(now + step))).toBe('given')
    expect(await check(password(now))).toBeInstanceOf(Rejection)
    now += step
    expect(await check(password(now))).toBeInstanceOf(Rejection)
    now += step
    expect(await check(password(now))).toBe('given')
  })

  it('is six digits in one header, and nothing else', async () => {
    const password = authenticatorOf(book.enrol('alice'))
    const right = password(now)
    for (const given of [
      '',
      ' ',
      right.slice(1),
      `${right} `,
      `${right}0`,
      [right, right],
      '000000000000',
      'x'.repeat(5_000),
    ]) {
      ticks += 3_600_000
      expect([given, await check(given)]).toEqual([given, expect.any(Rejection)])
    }
    ticks += 3_600_000
    expect(await check(right)).toBe('given')
  })

  it('that is wrong a few times makes the next ones wait, wherever they come from, but not who sends none', async () => {
    const password = authenticatorOf(book.enrol('alice'))
    for (let attempt = 0; attempt < 3; attempt++) expect(await check('000000x')).toBeInstanceOf(Rejection)
    await expect(check(password(now))).rejects.toMatchObject({ code: 'too-many-attempts', seconds: 1 })
    expect(await check()).toBe('absent')
    const waits: number[] = []
    for (let attempt = 0; attempt < 15; attempt++) {
      const refused: unknown = await check('000000x').catch((error) => error)
      const seconds = refused instanceof Error && 'seconds' in refused ? Number(refused.seconds) : 0
      waits.push(seconds)
      ticks += seconds * 1000
      expect(await check('000000x')).toBeInstanceOf(Rejection)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900])
    ticks += 900_000
    expect(await check(password(now))).toBe('given')
    // A right one begins anew.
    expect(await check('000000x')).toBeInstanceOf(Rejection)
    expect(await check('000000x')).toBeInstanceOf(Rejection)
  })

  it('of an old secret is wrong, and of one that was taken away nothing is asked', async () => {
    const old = authenticatorOf(book.enrol('alice'))
    const fresh = authenticatorOf(book.enrol('alice'))
    expect(await check(old(now))).toBeInstanceOf(Rejection)
    expect(await check(fresh(now))).toBe('given')
    expect([book.has('alice'), book.remove('alice'), book.remove('alice')]).toEqual([true, true, false])
    expect(await check()).toBe('unused')
    expect(openBook().has('alice')).toBe(false)
  })
})

it('the file with the secrets is for its owner alone', () => {
  const secret = new URL(book.enrol('alice')).searchParams.get('secret') ?? ''
  for (const end of ['', '-wal']) {
    const file = `${store.path}${end}`
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(readFileSync(file).includes(secret)).toBe(false)
  }
})
