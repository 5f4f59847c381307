import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { timing } from './decision.ts'
import type { EntryChange, Place, PlacedEntry } from './entries.ts'
import { actions, chains, type Entry } from './entry.ts'
import { readNetwork } from './network.ts'

const places: readonly Place[] = ['set', 'rule', 'front']
const families = ['ipv4', 'ipv6'] as const

type Row = Readonly<Record<string, SQLOutputValue>>

/** The table of entries: what they ask for, where they stand, in which order, and until when. */
export class EntryStore {
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #all: StatementSync

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO rfw_entries (action, chain, family, in_interface, source, out_interface, destination, place, sequence, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#delete = database.prepare(
      'DELETE FROM rfw_entries WHERE action = ? AND chain = ? AND family = ? AND in_interface = ? AND source = ? AND out_interface = ? AND destination = ?',
    )
    this.#all = database.prepare('SELECT * FROM rfw_entries ORDER BY sequence')
  }

  /** Belongs into a transaction. */
  save(changes: readonly EntryChange[]): void {
    for (const { before, after } of changes) {
      if (after !== undefined)
        this.#put.run(...keyColumns(after.entry), after.place, after.sequence, after.until ?? null)
      else if (before !== undefined) this.#delete.run(...keyColumns(before.entry))
    }
  }

  /**
   * The entries, the oldest first.
   *
   * @param now milliseconds since 1970
   * @throws TypeError when a row is none that {@link save} writes
   */
  load(now: number): PlacedEntry[] {
    return Array.from(this.#all.iterate(), (row) => placedOf(row, now))
  }
}

function keyColumns(entry: Entry): string[] {
  const { action, chain, family, inInterface = '', outInterface = '', source, destination } = entry
  return [action, chain, family, inInterface, source?.text ?? '', outInterface, destination?.text ?? '']
}

function placedOf(row: Row, now: number): PlacedEntry {
  const place = oneOf(places, row, 'place')
  const until = row.until === null ? undefined : integer(row, 'until')
  const clock = place === 'set' ? timing(until, now).clock : 'daemon'
  return { entry: entryOf(row), place, sequence: integer(row, 'sequence'), until, clock }
}

function entryOf(row: Row): Entry {
  const [inInterface, outInterface] = [text(row, 'in_interface'), text(row, 'out_interface')]
  const [source, destination] = [text(row, 'source'), text(row, 'destination')]
  return {
    action: oneOf(actions, row, 'action'),
    chain: oneOf(chains, row, 'chain'),
    family: oneOf(families, row, 'family'),
    ...(inInterface === '' ? {} : { inInterface }),
    ...(outInterface === '' ? {} : { outInterface }),
    ...(source === '' ? {} : { source: readNetwork(source) }),
    ...(destination === '' ? {} : { destination: readNetwork(destination) }),
  }
}

function oneOf<const Choice extends string>(choices: readonly Choice[], row: Row, column: string): Choice {
  const choice = choices.find((name) => name === row[column])
  if (choice === undefined) throw fault(row, column)
  return choice
}

function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw fault(row, column)
  return value
}

function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw fault(row, column)
  return value
}

function fault(row: Row, column: string): TypeError {
  return new TypeError(`rfw_entries holds ${JSON.stringify(row[column])} as ${column}`)
}
