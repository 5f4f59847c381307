import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GroupCommit, type Sync } from './group-commit.ts'

let folder = ''
let database: DatabaseSync
let groups: GroupCommit

/** The disk of a test: each sync waits until it is told how it goes. */
class Disk {
  readonly waiting: ((error: Error | null) => void)[] = []
  readonly files: number[] = []

  readonly sync: Sync = (file, done) => {
    this.files.push(file)
    this.waiting.push(done)
  }

  /** @param which of those that wait */
  finish(error: Error | null = null, which = 0): void {
    const [done] = this.waiting.splice(which, 1)
    done?.(error)
  }
}

let disk: Disk
let told: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-groups-'))
  const path = join(folder, 'a.sqlite')
  database = new DatabaseSync(path)
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec('CREATE TABLE numbers (number INTEGER) STRICT')
  disk = new Disk()
  groups = new GroupCommit(database, `${path}-wal`, disk.sync)
  told = []
})
afterEach(() => {
  groups.close()
  disk.finish()
  database.close()
  rmSync(folder, { recursive: true })
})

function numbers(): number[] {
  return database
    .prepare('SELECT number FROM numbers ORDER BY rowid')
    .all()
    .map(({ number }) => Number(number))
}

function stage(number: number, after: () => void = () => undefined): void {
  groups.stage(
    () => {
      database.prepare('INSERT INTO numbers VALUES (?)').run(number)
      after()
    },
    {
      done: () => void told.push(`${number} is on the disk`),
      fail: (_, written) => {
        told.push(`${number} failed${written ? ', written' : ''}`)
        if (written) database.prepare('DELETE FROM numbers WHERE number = ?').run(number)
      },
    },
  )
}

describe('a group', () => {
  it('is told when the disk has it, and not before', () => {
    stage(1)
    stage(2)
    groups.commit()
    expect(told).toEqual([])
    disk.finish()
    expect(told).toEqual(['1 is on the disk', '2 is on the disk'])
  })

  it('does not wait for the sync of another', () => {
    stage(1)
    groups.commit()
    stage(2)
    groups.commit()
    expect(disk.waiting).toHaveLength(2)
    disk.finish()
    expect(told).toEqual(['1 is on the disk'])
    disk.finish()
    expect(told).toEqual(['1 is on the disk', '2 is on the disk'])
  })

  it('waits for room where three syncs are under way, and goes with all that waits', () => {
    for (const number of [1, 2, 3, 4, 5]) {
      stage(number)
      groups.commit()
    }
    expect(disk.waiting).toHaveLength(3)
    disk.finish()
    expect(disk.waiting).toHaveLength(3)
    disk.finish()
    disk.finish()
    expect(disk.waiting).toHaveLength(1)
    expect(told).not.toContain('4 is on the disk')
    disk.finish()
    expect(told.slice(-2)).toEqual(['4 is on the disk', '5 is on the disk'])
  })

  it('is told only when all before it are on the disk', () => {
    stage(1)
    groups.commit()
    stage(2)
    groups.commit()
    disk.finish(null, 1)
    expect(told).toEqual([])
    disk.finish()
    expect(told).toEqual(['1 is on the disk', '2 is on the disk'])
  })

  it('is taken back with one before it, whatever its own sync says', () => {
    stage(1)
    groups.commit()
    stage(2)
    groups.commit()
    stage(3)
    groups.commit()
    disk.finish(null, 1)
    disk.finish(new Error('EIO'))
    expect(told).toEqual(['3 failed, written', '2 failed, written', '1 failed, written'])
    expect(numbers()).toEqual([])
    disk.finish()
    expect(told).toHaveLength(3)
  })

  it('leaves those before it alone when the disk fails', () => {
    stage(1)
    groups.commit()
    stage(2)
    groups.commit()
    disk.finish(new Error('EIO'), 1)
    expect(told).toEqual(['2 failed, written'])
    disk.finish()
    expect(told).toEqual(['2 failed, written', '1 is on the disk'])
    expect(numbers()).toEqual([1])
  })

  it('syncs by a descriptor that no other sync uses', () => {
    for (const number of [1, 2, 3]) {
      stage(number)
      groups.commit()
    }
    expect(new Set(disk.files).size).toBe(3)
  })

  it('is taken back with everything later, the latest first, when the disk fails', () => {
    stage(1)
    groups.commit()
    disk.finish()
    stage(2)
    stage(3)
    groups.commit()
    stage(4)
    groups.seal()
    stage(5)
    disk.finish(new Error('EIO'))
    expect(told.slice(1)).toEqual(['5 failed', '4 failed, written', '3 failed, written', '2 failed, written'])
    expect(numbers()).toEqual([1])
    stage(6)
    groups.commit()
    disk.finish()
    expect(told.at(-1)).toBe('6 is on the disk')
    expect(numbers()).toEqual([1, 6])
  })
})

describe('a change that throws', () => {
  it('is rolled back alone', () => {
    stage(1)
    expect(() =>
      stage(2, () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    stage(3)
    groups.commit()
    disk.finish()
    expect(told).toEqual(['1 is on the disk', '3 is on the disk'])
    expect(numbers()).toEqual([1, 3])
  })

  it('takes the others of its transaction along where SQLite rolls everything back', () => {
    database.exec(
      "CREATE TEMP TRIGGER full BEFORE INSERT ON numbers WHEN new.number = 2 BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
    )
    stage(1)
    expect(() => stage(2)).toThrow('disk full')
    expect(told).toEqual(['1 failed'])
    stage(3)
    groups.commit()
    disk.finish()
    expect(numbers()).toEqual([3])
  })
})

it('what is staged is committed when it is closed', () => {
  stage(1)
  groups.close()
  expect(database.isTransaction).toBe(false)
  expect(numbers()).toEqual([1])
})
