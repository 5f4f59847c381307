import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FirewallEvents } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store.ts'
import { watchEvents } from './event-stream.ts'
import { History } from './history.ts'

let folder: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-events-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const change = { origin: { who: 'anna', door: 'socket' }, what: 'bans', operations: {} } as const

it('who reads slowly gets every revision that is still kept, and is told of those that are not', async () => {
  const history = new History({ store, limit: { revisions: 5, bytes: 1e6 } })
  const events = new FirewallEvents()
  const watch = watchEvents({ history, events }, { beat: 60_000 })
  const first = watch.next()
  await history.keep(change)
  expect((await first).value).toMatchObject({ event: 'change', id: 1 })
  for (let count = 0; count < 20; count++) await history.keep(change)
  const seen: unknown[] = []
  for (let count = 0; count < 6; count++) seen.push((await watch.next()).value)
  expect(seen).toMatchObject([
    { event: 'missed', from: 2, to: 16, count: 15 },
    ...[17, 18, 19, 20, 21].map((id) => ({ event: 'change', id })),
  ])
  history.close()
  expect((await watch.next()).done).toBe(true)
})

it('other events wait in a bounded queue, and their loss is told', async () => {
  const history = new History({ store })
  const events = new FirewallEvents()
  const watch = watchEvents({ history, events }, { beat: 60_000 })
  const first = watch.next()
  for (let count = 0; count < 1_500; count++) events.emit({ kind: 'drift', at: count, detail: 'x' })
  expect((await first).value).toMatchObject({ event: 'drift' })
  for (let count = 1; count < 1_000; count++)
    expect((await watch.next()).value).toMatchObject({ event: 'drift' })
  expect((await watch.next()).value).toEqual({ event: 'missed', count: 500 })
  await watch.return()
  expect(events.isWatched).toBe(false)
})

it('there is a sign of life where nothing happens', async () => {
  const history = new History({ store })
  const watch = watchEvents({ history, events: new FirewallEvents() }, { beat: 1 })
  expect((await watch.next()).value).toEqual({ event: 'beat' })
  await watch.return()
})
