import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Held, State } from './model.ts'
import { ALLOWED, allowName, banName, ruleName, UNBANNED } from './names.ts'

export interface StoreState {
  readonly state: State
  /** What SQLite finds wrong with the file. */
  readonly faults: readonly string[]
  /** The number of the latest change in the history. */
  readonly revision: number
}

/** Reads a copy of the store of a daemon that is dead; its own file stays as the daemon left it. */
export function readStore(file: string, copy: string): StoreState {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(copy + suffix, { force: true })
    if (suffix !== '-shm' && existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  }
  const database = new DatabaseSync(copy)
  try {
    const checked = database.prepare('PRAGMA integrity_check').all()
    const faults = checked
      .map(({ integrity_check: found }) => String(found))
      .filter((found) => found !== 'ok')
    const revision = Number(
      database.prepare('SELECT max(number) AS number FROM revisions').get()?.number ?? 0,
    )
    return {
      state: new Map([...bans(database), ...allowed(database), ...entries(database)]),
      faults,
      revision,
    }
  } finally {
    database.close()
  }
}

/** Whether the store keeps what has this name; rules and sets of others stand in the kernel alone. */
export function isStored(name: string, { text }: Held): boolean {
  return !/^(?:chain|set) /.test(name) && text !== ALLOWED
}

function* bans(database: DatabaseSync): Generator<[string, Held]> {
  for (const { address, scope, reason, until, exempt } of database.prepare('SELECT * FROM bans').iterate()) {
    const text = exempt === 1 ? UNBANNED : String(reason ?? '')
    yield [
      banName(String(address), String(scope)),
      until === null ? { text } : { text, until: Number(until) },
    ]
  }
}

function* allowed(database: DatabaseSync): Generator<[string, Held]> {
  for (const { address, reason } of database.prepare('SELECT * FROM allowlist').iterate())
    yield [allowName(String(address)), { text: String(reason ?? '') }]
}

function* entries(database: DatabaseSync): Generator<[string, Held]> {
  for (const row of database.prepare('SELECT * FROM rfw_entries').iterate()) {
    const end = row.until === null ? {} : { until: Number(row.until) }
    const [chain, action, source] = [row.chain, row.action, row.source].map(String)
    if (row.place === 'set') yield [`chainmail-${chain}-${action}4 ${source}`, { text: '', ...end }]
    else
      yield [
        ruleName(`chainmail-${chain}`, `-s ${source}/32 -i ${row.in_interface} -j ${action?.toUpperCase()}`),
        { text: 'a rule', ...end },
      ]
  }
}
