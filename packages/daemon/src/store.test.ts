import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BanStore } from './bans/ban-store.ts'
import { openStore } from './store.ts'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-store-'))
  file = join(folder, 'chainmail.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true }))

const ban = {
  address: '192.0.2.1',
  family: 'ipv4',
  scope: 'everything',
  since: 1,
  until: undefined,
  reason: undefined,
  who: 'test',
  exempt: false,
} as const

/** A process that opens the store, writes one ban and stays. */
async function otherProcess() {
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, 'store.ts'))}
    import { BanStore } from ${JSON.stringify(join(import.meta.dirname, 'bans/ban-store.ts'))}
    const store = openStore(process.argv[1])
    store.transaction(() => new BanStore(store.database).put(${JSON.stringify(ban)}, 0))
    console.log('open')
    setInterval(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

describe('the store', () => {
  it('keeps what was committed', () => {
    const first = openStore(folder)
    first.transaction(() => new BanStore(first.database).put(ban, 0))
    first.close()
    const second = openStore(folder)
    expect([...new BanStore(second.database).live(0)]).toEqual([ban])
    second.close()
  })

  it('is for its owner alone', () => {
    const below = join(folder, 'state')
    const store = openStore(below)
    store.transaction(() => new BanStore(store.database).put(ban, 0))
    expect(statSync(below).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(below)) expect(statSync(join(below, name)).mode & 0o777).toBe(0o600)
    store.close()
  })

  it('rolls back when the work throws, and goes on', () => {
    const store = openStore(folder)
    const bans = new BanStore(store.database)
    expect(() =>
      store.transaction(() => {
        bans.put(ban, 0)
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(new BanStore(store.database).count(0)).toBe(0)
    store.transaction(() => new BanStore(store.database).put(ban, 0))
    expect(new BanStore(store.database).count(0)).toBe(1)
    store.close()
  })

  it('is not shared by two daemons, and is free again when the first is killed', async () => {
    const child = await otherProcess()
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-in-use' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const store = openStore(folder)
    expect(new BanStore(store.database).count(0)).toBe(1)
    store.close()
  })

  it('is refused in the same process too while it is open', () => {
    const store = openStore(folder)
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-in-use' }))
    store.close()
  })

  it('leaves a damaged file as it is', () => {
    writeFileSync(file, 'not a database, whatever its name says '.repeat(100))
    const before = readFileSync(file)
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-corrupt' }))
    expect(readFileSync(file)).toEqual(before)
  })

  it('leaves a file whose pages are damaged as it is', () => {
    const store = openStore(folder)
    store.transaction(() => {
      const bans = new BanStore(store.database)
      for (let number = 0; number < 2000; number++) bans.put({ ...ban, address: `198.51.100.0/${number}` }, 0)
    })
    store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 3 * 4096, 8 * 4096)
    writeFileSync(file, bytes)
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-corrupt' }))
    expect(readFileSync(file)).toEqual(bytes)
  })

  it('leaves a file of a newer version as it is', () => {
    openStore(folder).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 1000')
    database.close()
    const before = readFileSync(file)
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-newer' }))
    expect(readFileSync(file)).toEqual(before)
  })

  it("leaves another program's database as it is", () => {
    const database = new DatabaseSync(file)
    database.exec('CREATE TABLE theirs (a)')
    database.close()
    const before = readFileSync(file)
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-foreign' }))
    expect(readFileSync(file)).toEqual(before)
  })

  it('takes the steps that a store of an older version lacks', () => {
    const first = { about: 'one', sql: 'CREATE TABLE one (a)' }
    openStore(folder, [first]).close()
    const store = openStore(folder, [first, { about: 'two', sql: 'CREATE TABLE two (a)' }])
    store.database.exec('INSERT INTO one VALUES (1); INSERT INTO two VALUES (2)')
    store.close()
  })

  it('says in a sentence that its folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => openStore(join(folder, 'file/state'))).toThrow(
      expect.objectContaining({ code: 'store-failed', message: expect.stringContaining('ENOTDIR') }),
    )
  })
})
