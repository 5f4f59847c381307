import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addedRule } from 'chainmail'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { History } from './history.ts'
import type { NewRevision } from './revision.ts'

let folder: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-history-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function change(text: string): NewRevision {
  const chains = [addedRule({ table: 'filter', family: 'ipv4' }, 'INPUT', text)]
  return { origin: { who: 'anna', door: 'socket', why: 'a test' }, what: 'rules', operations: { chains } }
}

const numbers = (heads: readonly { readonly number: number }[]): number[] => heads.map(({ number }) => number)

describe('the history', () => {
  it('keeps who, when, why, what and how many, and gives it out in both orders', async () => {
    const history = new History({ store, now: () => 1_000 })
    expect(await Promise.all(['-j DROP', '-j ACCEPT'].map((text) => history.keep(change(text))))).toEqual([
      1, 2,
    ])
    expect(history.get(1)).toEqual({
      number: 1,
      time: 1_000,
      what: 'rules',
      who: 'anna',
      door: 'socket',
      why: 'a test',
      summary: { rulesAdded: 1 },
      operations: change('-j DROP').operations,
    })
    expect(numbers(history.behind(0, 10))).toEqual([1, 2])
    expect(numbers(history.before(Number.MAX_SAFE_INTEGER, 10))).toEqual([2, 1])
    expect(numbers([...history.since(1)])).toEqual([2])
  })

  it('counts who has changed what, without what was not kept', async () => {
    const history = new History({ store })
    await history.keep(change('-j DROP'))
    const broken = (): void =>
      history.transaction(() => {
        history.record(change('-j ACCEPT'))
        throw new Error('no')
      })
    expect(broken).toThrow('no')
    expect([...history.tally.revisions()]).toEqual([{ what: 'rules', door: 'socket', revisions: 1 }])
  })

  it('goes on counting after a restart', async () => {
    await new History({ store }).keep(change('-j DROP'))
    store.close()
    store = openStore(folder)
    const history = new History({ store })
    expect(history.published).toBe(1)
    expect(await history.keep(change('-j DROP'))).toBe(2)
  })

  it('drops the oldest beyond its number and its bytes, and says that it is too short then', async () => {
    const bytes = JSON.stringify(change('-j DROP').operations).length + '{"rulesAdded":1}'.length
    const few = new History({ store, limit: { revisions: 3, bytes: 1e6 } })
    for (let count = 0; count < 10; count++) await few.keep(change('-j DROP'))
    expect(numbers(few.behind(0, 100))).toEqual([8, 9, 10])
    expect(() => few.get(7)).toThrow(expect.objectContaining({ code: 'history-too-short' }))
    expect(() => few.since(6)).toThrow(expect.objectContaining({ code: 'history-too-short' }))
    expect(numbers([...few.since(7)])).toEqual([10, 9, 8])
    expect(() => few.get(11)).toThrow(expect.objectContaining({ code: 'revision-not-found' }))
    const small = new History({ store, limit: { revisions: 100, bytes: bytes * 5 } })
    for (let count = 0; count < 20; count++) await small.keep(change('-j DROP'))
    expect(numbers(small.behind(0, 100))).toEqual([26, 27, 28, 29, 30])
  })

  it('keeps what one revision has too much of without its operations, and says so', async () => {
    const history = new History({ store, limit: { revisions: 100, bytes: 1_000 } })
    const number = await history.keep(change(`-m comment --comment ${'x'.repeat(300)}`))
    expect(history.get(number)).toMatchObject({
      summary: { rulesAdded: 1 },
      operations: { irreversible: [expect.stringContaining('cannot be undone')] },
    })
  })

  it('tells revisions in their order, each when all before it are on the disk', () => {
    const history = new History({ store })
    const seen: number[] = []
    history.listen(() => seen.push(history.published))
    const [first, second, third] = store.transaction(() => [
      history.record(change('-j DROP')),
      history.record(change('-j DROP')),
      history.record(change('-j DROP')),
    ])
    second?.done()
    expect(seen).toEqual([])
    first?.done()
    expect(seen).toEqual([2])
    store.transaction(() => third?.undo(true))
    expect(numbers(history.behind(0, 10))).toEqual([1, 2])
  })

  it('tells when revisions are on the disk or were not made', async () => {
    const history = new History({ store })
    const [first, second] = store.transaction(() => [
      history.record(change('-j DROP')),
      history.record(change('-j DROP')),
    ])
    const settled: string[] = []
    const waits = [
      history.settled(1).then(() => settled.push('first')),
      history.settled(2).then(() => settled.push('both')),
    ]
    first?.done()
    await waits[0]
    expect(settled).toEqual(['first'])
    store.transaction(() => second?.undo(true))
    await waits[1]
    expect(settled).toEqual(['first', 'both'])
    await history.settled(0)
  })

  it('has no revision of a change that the store refuses', async () => {
    const history = new History({ store })
    store.database.exec(
      'CREATE TRIGGER refuse BEFORE INSERT ON revisions BEGIN SELECT RAISE(FAIL, "full"); END',
    )
    await expect(history.keep(change('-j DROP'))).rejects.toMatchObject({ code: 'store-failed' })
    expect(history.before(100, 10)).toEqual([])
  })

  it('goes on after a transaction that fails behind the revision', async () => {
    const history = new History({ store })
    expect(() =>
      history.transaction(() => {
        history.record(change('-j DROP'))
        throw new Error('full')
      }),
    ).toThrow('full')
    const number = await history.keep(change('-j ACCEPT'))
    expect(history.published).toBe(number)
    expect(numbers(history.behind(0, 10))).toEqual([number])
  })
})
