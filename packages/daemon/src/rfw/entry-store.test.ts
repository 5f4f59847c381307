import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PlacedEntry } from './entries.ts'
import { EntryStore } from './entry-store.ts'
import { entryMigration } from './migration.ts'
import { readNetwork } from './network.ts'

const ban: PlacedEntry = {
  entry: { action: 'drop', chain: 'input', family: 'ipv4', source: readNetwork('192.0.2.0/24') },
  place: 'set',
  sequence: 7,
  until: 61_000,
  clock: 'kernel',
}
const forward: PlacedEntry = {
  entry: {
    action: 'reject',
    chain: 'forward',
    family: 'ipv6',
    inInterface: 'ppp+',
    outInterface: 'eth0',
    source: readNetwork('2001:db8::/32'),
    destination: readNetwork('2001:db8:1::7'),
  },
  place: 'rule',
  sequence: 3,
  until: undefined,
  clock: 'daemon',
}

describe('the table of entries', () => {
  let database: DatabaseSync
  beforeEach(() => {
    database = new DatabaseSync(':memory:')
    database.exec(entryMigration.sql)
  })

  it('gives back what was saved, the oldest first', () => {
    new EntryStore(database).save([ban, forward].map((after) => ({ before: undefined, after })))
    expect(new EntryStore(database).load(1_000)).toEqual([forward, ban])
  })

  it('holds an entry once, and not at all when it was deleted', () => {
    const store = new EntryStore(database)
    const renewed: PlacedEntry = { ...ban, until: undefined, clock: 'daemon' }
    store.save([
      { before: undefined, after: ban },
      { before: ban, after: renewed },
    ])
    expect(store.load(0)).toEqual([renewed])
    store.save([{ before: renewed, after: undefined }])
    expect(store.load(0)).toEqual([])
  })

  it('knows who takes a long ban away', () => {
    const store = new EntryStore(database)
    store.save([{ before: undefined, after: { ...ban, until: 1e12 } }])
    expect(store.load(0)).toMatchObject([{ clock: 'daemon' }])
  })

  it.each(['source', 'until'])('refuses a row with nonsense as %s', (column) => {
    const store = new EntryStore(database)
    store.save([{ before: undefined, after: ban }])
    database.exec(
      `UPDATE rfw_entries SET ${column} = ${column === 'until' ? '9007199254740993' : "'nonsense/x'"}`,
    )
    expect(() => store.load(0)).toThrow()
  })
})
