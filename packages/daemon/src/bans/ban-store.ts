import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  type BanEnds,
  type BanPlace,
  type BookedBan,
  contains,
  type NetworkBlock,
  networkBlock,
  widened,
} from 'chainmail'

/**
 * Takes a change back. With `written` it is in the store and has to be written back there; otherwise the store has
 * rolled it back already.
 */
export type Undo = (written: boolean) => void

interface Row {
  readonly id: number
  ban: BookedBan
  /** Whether it is no longer there. */
  gone: boolean
}

/** Is told of each change; both are the same where one was taken back within the same work. */
export type BanWatcher = (before: BookedBan | undefined, after: BookedBan | undefined) => void

/** Who tells when bans have ended. */
export type BanStoreEnds = Pick<BanEnds<BookedBan>, 'expect' | 'forget'>

const nobody: BanStoreEnds = { expect: () => undefined, forget: () => undefined }

/** A ban with its number: bans that came later have higher ones. */
export interface NumberedBan {
  readonly id: number
  readonly ban: BookedBan
}

/** Rows that are gone, at which the list of all is made anew. */
const GONE_ROWS = 1_000

/**
 * The bans of the store, one for each entry of the kernel's sets.
 *
 * The table holds them in the order in which they came and has no index of addresses: bans come with random ones, and
 * each would dirty a page of its own, 13 µs and 4 KiB of the log for each of 100,000 where appending takes 1 µs and
 * 100 bytes. The index is here in memory, some 200 bytes for each ban, with the bans themselves.
 */
export class BanStore {
  readonly #statements: Readonly<
    Record<'insert' | 'update' | 'replace' | 'delete' | 'load' | 'sweep', StatementSync>
  >
  readonly #rows = new Map<string, Row>()
  /** In the order of their numbers; those that are gone too, for a while. */
  #ordered: Row[] = []
  #gone = 0
  /** Those that are exempt: few. */
  readonly #exempt = new Set<Row>()
  /** By their address, the bans of ports and interfaces. */
  readonly #narrow = new Map<string, Set<Row>>()
  /** How many there are by their family and scope. */
  readonly #counts = new Map<string, number>()
  #lastId = 0
  #watcher: BanWatcher | undefined
  #ends = nobody

  constructor(database: DatabaseSync) {
    const columns = 'id, address, scope, family, since, until, reason, who, exempt'
    const values = '(?, ?, ?, ?, ?, ?, ?, ?, ?)'
    this.#statements = {
      insert: database.prepare(`INSERT INTO bans (${columns}) VALUES ${values}`),
      replace: database.prepare(`INSERT OR REPLACE INTO bans (${columns}) VALUES ${values}`),
      update: database.prepare(
        'UPDATE bans SET since = ?, until = ?, reason = ?, who = ?, exempt = ? WHERE id = ?',
      ),
      delete: database.prepare('DELETE FROM bans WHERE id = ?'),
      load: database.prepare(`SELECT ${columns} FROM bans ORDER BY id`),
      sweep: database.prepare(
        'DELETE FROM bans WHERE id IN (SELECT id FROM bans WHERE until <= ? ORDER BY until LIMIT ?) RETURNING id, address, scope',
      ),
    }
    // Rows as arrays are read in half the time.
    this.#statements.load.setReturnArrays(true)
    for (const found of this.#statements.load.iterate()) {
      const row = { id: Number(found[0]), ban: banOf(found), gone: false }
      // One that was put again while the one before had run out.
      const before = this.#rows.get(keyOf(row.ban))
      if (before !== undefined) this.#forget(before)
      this.#remember(row)
    }
  }

  /** Tells of each ban that will end by itself, from now on and of those that are there. */
  tell(ends: BanStoreEnds): void {
    this.#ends = ends
    for (const { ban } of this.#rows.values()) this.#expect(ban)
  }

  /** Does some work within the call, and tells the watcher what it puts and deletes. What is swept is nobody's change. */
  watch<Result>(watcher: BanWatcher, work: () => Result): Result {
    this.#watcher = watcher
    try {
      return work()
    } finally {
      this.#watcher = undefined
    }
  }

  /** Adds a ban, or puts it in the place of the one that is there. */
  put(ban: BookedBan, now: number): Undo {
    const row = this.#rows.get(keyOf(ban))
    if (row === undefined || hasEnded(row.ban, now)) {
      if (row !== undefined) {
        this.#statements.delete.run(row.id)
        this.#forget(row)
      }
      const undo = this.#insert(ban)
      this.#expect(ban)
      this.#watcher?.(undefined, ban)
      return (written) => {
        undo(written)
        this.#ends.forget(ban)
        this.#watcher?.(ban, undefined)
      }
    }
    const before = row.ban
    this.#update(row, ban)
    this.#set(row, ban)
    this.#ends.forget(before)
    this.#expect(ban)
    this.#watcher?.(before, ban)
    return (written) => {
      if (written) this.#update(row, before)
      this.#set(row, before)
      this.#ends.forget(ban)
      this.#expect(before)
      this.#watcher?.(ban, before)
    }
  }

  /** What stands at a place, a ban or an exemption, unless it has run out. */
  get(place: BanPlace, now: number): BookedBan | undefined {
    const ban = this.#rows.get(keyOf(place))?.ban
    return ban === undefined || hasEnded(ban, now) ? undefined : ban
  }

  /** Takes what stands at a place away. */
  delete(place: BanPlace): Undo {
    const row = this.#rows.get(keyOf(place))
    if (row === undefined) return () => undefined
    const { ban } = row
    this.#statements.delete.run(row.id)
    this.#forget(row)
    this.#ends.forget(ban)
    this.#watcher?.(ban, undefined)
    return (written) => {
      if (written) this.#statements.replace.run(...valuesOf(row.id, ban))
      this.#remember(row)
      this.#expect(ban)
      this.#watcher?.(undefined, ban)
    }
  }

  /** Everything that has not run out, exemptions too, the oldest first. */
  *live(now: number): Generator<BookedBan> {
    for (const { ban, gone } of this.#ordered) if (!gone && !hasEnded(ban, now)) yield ban
  }

  /** The bans behind a number, the oldest first. What changes while they are read may show or not. */
  *behind(id: number, now: number): Generator<NumberedBan> {
    for (let index = this.#placeOf(id + 1); index < this.#ordered.length; index++) {
      const row = this.#ordered[index]
      if (row !== undefined && !row.gone && !row.ban.exempt && !hasEnded(row.ban, now)) yield row
    }
  }

  /** The families and scopes of which there may be any, exemptions and such as have run out among them. */
  *scopes(): Generator<Pick<BanPlace, 'family' | 'scope'>> {
    for (const key of this.#counts.keys()) {
      const [family, scope = ''] = key.split(' ')
      yield { family: family === 'ipv6' ? 'ipv6' : 'ipv4', scope }
    }
  }

  /** Whether there may be any of a family and scope, exemptions and such as have run out among them. */
  hasAny(family: string, scope: string): boolean {
    return (this.#counts.get(`${family} ${scope}`) ?? 0) > 0
  }

  /** How many bans have not run out, or had not when they were last swept. */
  get size(): number {
    return this.#rows.size - this.#exempt.size
  }

  /** How many bans have not run out. */
  count(now: number): number {
    let count = 0
    for (const { ban } of this.#rows.values()) if (!ban.exempt && !hasEnded(ban, now)) count++
    return count
  }

  /** The scopes that the networks around an address or network have bans of, those of ports and interfaces. */
  narrowScopes(block: NetworkBlock, now: number): string[] {
    if (this.#narrow.size === 0) return []
    const scopes = new Set<string>()
    for (const { address } of around(block, block.prefix))
      for (const { ban } of this.#narrow.get(address) ?? [])
        if (!ban.exempt && !hasEnded(ban, now)) scopes.add(ban.scope)
    return [...scopes]
  }

  /** The bans of networks wider than this one, in a scope. */
  wider(block: NetworkBlock, scope: string, now: number): BookedBan[] {
    const found: BookedBan[] = []
    for (const { address, family } of around(block, block.prefix - 1)) {
      const ban = this.get({ address, family, scope }, now)
      if (ban !== undefined && !ban.exempt) found.push(ban)
    }
    return found
  }

  /** Whether a network lies in a ban, of a scope, nearer than any exemption: what stands closest around it decides. */
  isHeld(block: NetworkBlock, scope: string, now: number): boolean {
    for (const { address, family } of around(block, block.prefix - 1)) {
      const ban = this.get({ address, family, scope }, now)
      if (ban !== undefined) return !ban.exempt
    }
    return false
  }

  /** The exemptions inside of a network. */
  exemptInside(block: NetworkBlock): BookedBan[] {
    const all = Array.from(this.#exempt, ({ ban }) => ban)
    return all.filter(({ address }) => contains(block, networkBlock(address)))
  }

  /** Forgets up to `limit` bans that have run out. */
  sweep(now: number, limit: number): void {
    for (const { id, address, scope } of this.#statements.sweep.iterate(now, limit)) {
      const row = this.#rows.get(keyOf({ address: String(address), scope: String(scope) }))
      if (row?.id === Number(id)) this.#forget(row)
    }
  }

  #expect(ban: BookedBan): void {
    if (!ban.exempt) this.#ends.expect(ban)
  }

  #insert(ban: BookedBan): Undo {
    const row = { id: this.#lastId + 1, ban, gone: false }
    this.#statements.insert.run(...valuesOf(row.id, ban))
    this.#remember(row)
    return (written) => {
      if (written) this.#statements.delete.run(row.id)
      this.#forget(row)
    }
  }

  #update({ id }: Row, { since, until, reason, who, exempt }: BookedBan): void {
    this.#statements.update.run(since, until ?? null, reason ?? null, who ?? null, exempt ? 1 : 0, id)
  }

  #set(row: Row, ban: BookedBan): void {
    row.ban = ban
    if (ban.exempt) this.#exempt.add(row)
    else this.#exempt.delete(row)
  }

  #remember(row: Row): void {
    row.gone = false
    this.#rows.set(keyOf(row.ban), row)
    this.#count(row, 1)
    this.#set(row, row.ban)
    if (isNarrow(row.ban)) {
      const { address } = row.ban
      const rows = this.#narrow.get(address) ?? new Set()
      this.#narrow.set(address, rows.add(row))
    }
    if (row.id > this.#lastId) {
      this.#lastId = row.id
      this.#ordered.push(row)
      return
    }
    const place = this.#placeOf(row.id)
    if (this.#ordered[place] === row) this.#gone--
    else this.#ordered.splice(place, 0, row)
  }

  #forget(row: Row): void {
    row.gone = true
    const key = keyOf(row.ban)
    if (this.#rows.get(key) === row) this.#rows.delete(key)
    this.#count(row, -1)
    this.#exempt.delete(row)
    const narrow = this.#narrow.get(row.ban.address)
    if (narrow?.delete(row) === true && narrow.size === 0) this.#narrow.delete(row.ban.address)
    this.#gone++
    if (this.#gone < GONE_ROWS || this.#gone * 2 < this.#ordered.length) return
    this.#ordered = this.#ordered.filter(({ gone }) => !gone)
    this.#gone = 0
  }

  #count({ ban: { family, scope } }: Row, step: 1 | -1): void {
    const key = `${family} ${scope}`
    const count = (this.#counts.get(key) ?? 0) + step
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  /** Where the first row of at least this number stands. */
  #placeOf(id: number): number {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ordered[middle]?.id ?? 0) < id) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Whether a ban is over. */
export function hasEnded({ until }: BookedBan, now: number): boolean {
  return until !== undefined && until <= now
}

/** The networks around a network, of at most this prefix, the narrowest first. */
function* around(block: NetworkBlock, prefix: number): Generator<NetworkBlock> {
  for (let length = prefix; length > 0; length--) yield widened(block, length)
}

/** Neither addresses nor the words of plain scopes have a space in them. */
export function keyOf({ address, scope }: Pick<BanPlace, 'address' | 'scope'>): string {
  return scope === 'everything' ? address : `${address} ${scope}`
}

function isNarrow({ scope }: BookedBan): boolean {
  return scope.includes(':')
}

function valuesOf(
  id: number,
  { address, scope, family, since, until, reason, who, exempt }: BookedBan,
): (string | number | null)[] {
  return [id, address, scope, family, since, until ?? null, reason ?? null, who ?? null, exempt ? 1 : 0]
}

/** A row of the columns in the order of {@link valuesOf}. */
function banOf(row: Readonly<Record<number, unknown>>): BookedBan {
  const { 1: address, 2: scope, 3: family, 4: since, 5: until, 6: reason, 7: who, 8: exempt } = row
  return {
    address: String(address),
    family: family === 'ipv6' ? 'ipv6' : 'ipv4',
    scope: String(scope),
    since: Number(since),
    until: until === null ? undefined : Number(until),
    reason: reason === null ? undefined : String(reason),
    who: who === null ? undefined : String(who),
    exempt: exempt === 1,
  }
}
