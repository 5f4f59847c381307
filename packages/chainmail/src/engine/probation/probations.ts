import { randomBytes } from 'node:crypto'
import { type Backend, startApart } from '@chainmail/kernel'
import { type Duration, parseDuration } from '../../duration.ts'
import { ChainmailError } from '../../errors.ts'
import type { FirewallEvents } from '../events.ts'
import { milliseconds, monotonicNow, nanoseconds } from './clock.ts'
import { guardWords } from './guard-words.ts'
import type { Journal } from './journal.ts'
import {
  type Decision,
  type Found,
  isDecided,
  isHalfMade,
  isOpen,
  type JournalFolder,
} from './journal-folder.ts'
import type { PendingProbation, Probation } from './probation.ts'
import type { TakenBack } from './take-back.ts'
import { overlap, type Touched } from './touched.ts'

/**
 * Changes that are taken back by themselves unless they are confirmed.
 *
 * 1. Before the kernel is touched, what it takes to go back is on the disk, and a guard stands by: a process of its
 *    own that needs neither this one nor its terminal, nor a daemon, nor a store.
 * 2. A confirmation and the deadline never both win, and whoever comes second is told so: journal-folder.ts.
 * 3. When the guard is killed too, the journal stays. `revert` works from it, and the next process that opens the
 *    firewall takes back what is overdue, and sets a new guard on what is not.
 * 4. What others have changed meanwhile stays: way-back.ts.
 * 5. What is half made when its maker dies is taken back at once: by the guard, or, where a change of several steps is on
 *    no probation, by the next process that opens the firewall. Only what is made as a whole can be confirmed.
 */
export class Probations {
  readonly #folder: JournalFolder
  readonly #backend: Backend
  readonly #takeBack: (journal: Journal) => Promise<TakenBack>

  readonly #events: FirewallEvents

  /** @param takeBack how a change is taken back, in turn with what else this process writes */
  constructor(
    folder: JournalFolder,
    backend: Backend,
    events: FirewallEvents,
    takeBack: (journal: Journal) => Promise<TakenBack>,
  ) {
    this.#folder = folder
    this.#backend = backend
    this.#events = events
    this.#takeBack = takeBack
  }

  /** Those that nobody has decided yet. */
  pending(): readonly PendingProbation[] {
    return this.#open().map(({ id, journal }) => ({
      id,
      remaining: this.#remaining(journal),
      touches: touchesOf(journal),
      guarded: this.#folder.guardOf(id)?.isAlive === true,
    }))
  }

  /**
   * @param partOf the probation that the change is a part of itself
   * @throws ChainmailError `probation-pending` when one that is pending is about the same chains or sets
   */
  refuseWhilePending(touched: Touched, partOf?: string): void {
    for (const { id, journal } of this.#open()) {
      if (id === partOf) continue
      const shared = overlap(touched, journal)
      if (shared !== undefined)
        throw new ChainmailError(
          'probation-pending',
          `The change ${id} is on probation, and is about ${shared} too: confirm or revert it first.`,
        )
    }
  }

  /**
   * Makes a change on probation.
   *
   * @param make makes it, all or nothing, and is told its id; what it throws is thrown, with the change taken back
   * @throws ChainmailError `probation-pending`, also where too many are; `guard-failed` with nothing changed;
   *   `probation-over` when making it took longer than it may
   */
  async around<Result>(
    touched: Touched,
    confirmWithin: Duration,
    make: (id: string) => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly probation: Probation }> {
    const seconds = parseDuration(confirmWithin)
    if (seconds > LONGEST)
      throw new ChainmailError('bad-duration', `A change can be on probation for at most ${LONGEST} s.`, {
        path: 'confirmWithin',
      })
    const journal = await this.#arm(touched, seconds)
    const { id } = journal
    try {
      const result = await make(id)
      if (!this.#folder.made(id)) {
        await this.#takeBack(this.#latest(journal))
        throw over(id, 'was taken back, because making it took longer than its probation')
      }
      this.#tell(id)
      return { result, probation: this.#handle(journal) }
    } catch (error) {
      // What was begun, or made before something else of it failed, goes back; the way is none where nothing was.
      if (isChanged(error) || this.#folder.isRenewed(id)) await this.#revertFound(this.#find(id))
      else this.#folder.withdraw(id)
      throw error
    }
  }

  /**
   * Writes down anew what a change touches that is being made: while its guard was started others went on. To be called
   * right before it is made, in the turn in which it is.
   *
   * @throws ChainmailError `guard-failed` with nothing changed; `probation-over` when it is being taken back already
   */
  renew(id: string, renewed: (before: Touched) => Touched): void {
    const found = this.#folder.find(id)
    const journal = found?.state === 'pending' ? this.#folder.read(found) : undefined
    if (journal === undefined) throw over(id, 'was taken back before it was made, because its time was over')
    const { tables, sets } = renewed(journal)
    try {
      this.#folder.renew({ ...journal, tables, sets })
    } catch (error) {
      throw guardFailed(`Its journal could not be written to ${this.#folder.path}`, error)
    }
  }

  /**
   * Makes a change of several steps: all of it or nothing, should this process die in between too.
   *
   * @param make makes it, all or nothing; what it throws is thrown
   * @throws ChainmailError `guard-failed` with nothing changed
   */
  async journaled<Result>(touched: Touched, make: () => Promise<Result>): Promise<Result> {
    const now = monotonicNow()
    const id = newId()
    try {
      this.#folder.begin(
        { id, backend: this.#backend, armed: now, within: 0n, latest: now, ...touched },
        'making',
      )
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new ChainmailError(
        'guard-failed',
        `The way back from a change of several steps is written down before it is made, so nothing was changed. It could not be written to ${this.#folder.path}: ${why}`,
        { cause: error },
      )
    }
    try {
      return await make()
    } finally {
      this.#folder.forget(id)
    }
  }

  /**
   * Keeps a change. Confirming it twice is no error.
   *
   * @param id may be left out where only one is pending
   * @throws ChainmailError `probation-over` when it was, or is now, taken back; `probation-pending` while it is being
   *   made; `probation-unknown`
   */
  async confirm(id?: string): Promise<string> {
    const found = this.#find(id)
    if (found.state === 'pending') {
      const journal = this.#folder.read(found)
      const isOverdue = journal !== undefined && this.#remaining(journal) === 0
      if (!isOverdue && this.#folder.confirm(found.id)) return found.id
      if (isOverdue || isHalfMade(found)) await this.#revertFound(found)
      else if (this.#folder.find(found.id)?.by !== undefined) refuseUnmade(found.id)
    }
    const { state = 'reverted' } = this.#folder.find(found.id) ?? {}
    if (state === 'confirmed') return found.id
    throw over(found.id, `was not confirmed in time: it ${tellingOf[state]}`)
  }

  /**
   * Takes a change back now. Taking it back twice is no error; one that failed is tried again.
   *
   * @throws ChainmailError `probation-over` when it was confirmed; `probation-pending` while it is being made;
   *   `probation-unknown`; `revert-failed`
   */
  async revert(id?: string): Promise<{ readonly id: string } & TakenBack> {
    const found = this.#find(id)
    // Who makes it would go on with it.
    if (found.state === 'pending' && found.by !== undefined && !isHalfMade(found)) refuseUnmade(found.id)
    const taken = await this.#revertFound(found)
    return { id: found.id, ...taken }
  }

  /** Takes back what is overdue and nobody takes back, and sets guards on what has lost its own. */
  async settle(): Promise<void> {
    for (const found of this.#folder.list()) {
      if (isDecided(found.state)) continue
      try {
        await this.#settle(found)
      } catch (error) {
        // It is listed as failed, with what can be done; that is no reason to open no firewall.
        if (!(error instanceof ChainmailError)) throw error
      }
    }
  }

  /** What became of a probation; undefined while nothing has, and of one that nobody remembers any more. */
  decision(id: string): Decision | undefined {
    const state = this.#folder.find(id)?.state
    return state !== undefined && isDecided(state) ? state : undefined
  }

  /**
   * Resolves when a probation is decided, by whomever.
   *
   * @param waits whether this keeps the process alive
   * @param but what does not count: a way back that has failed may be taken again
   */
  async decided(id: string, waits = true, but?: Decision): Promise<Decision> {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const stop = this.#folder.watch(resolve)
      const timer = setTimeout(resolve, LOOKED_AT_LATEST)
      if (!waits) timer.unref()
      try {
        const { state = 'reverted' } = this.#folder.find(id) ?? {}
        if (isDecided(state) && state !== but) return state
        await promise
      } finally {
        clearTimeout(timer)
        stop()
      }
    }
  }

  /** Tells those that watch what becomes of a probation, whoever decides it. */
  #tell(id: string): void {
    this.#events.emit({ kind: 'probation', at: Date.now(), id, outcome: 'begun' })
    void this.decided(id, false, 'failed').then((decision) => {
      const outcome = decision === 'confirmed' ? 'confirmed' : 'reverted'
      this.#events.emit({ kind: 'probation', at: Date.now(), id, outcome })
    })
  }

  async #settle(found: Found): Promise<void> {
    const journal = this.#folder.read(found)
    if (journal === undefined) return
    if (found.state === 'making') {
      if (this.#folder.claim(found)) await this.#finish(found.id, journal)
      return
    }
    if (isHalfMade(found)) {
      await this.#revertFound(found)
      return
    }
    const isOverdue = this.#remaining(journal) === 0
    const isGuarded = this.#folder.guardOf(found.id)?.isAlive === true
    if (found.state === 'reverting' || (isOverdue && !isGuarded)) await this.#revertFound(found)
    else if (!isGuarded) await this.#startGuard(found.id)
  }

  async #revertFound(found: Found): Promise<TakenBack> {
    const nothing = { commits: 0, sets: 0, left: [] }
    const { id, state } = found
    if (state === 'reverted' || state === 'withdrawn') return nothing
    if (state === 'confirmed') throw over(id, 'was confirmed, so it cannot be taken back any more')
    const journal = this.#folder.read(found)
    if (journal === undefined || !this.#folder.claim(found)) {
      const now = this.#find(id)
      // It was being made, and is made now.
      if (now.state === 'pending') return this.#revertFound(now)
      // Somebody else was faster, and is at it.
      const decision = await this.decided(id)
      if (decision === 'reverted' || decision === 'withdrawn') return nothing
      return this.#revertFound(this.#find(id))
    }
    return this.#finish(id, journal)
  }

  /** Goes the way back that this process has claimed. */
  async #finish(id: string, journal: Journal): Promise<TakenBack> {
    try {
      const taken = await this.#takeBack(journal)
      this.#folder.finish(id, 'reverted')
      return taken
    } catch (error) {
      this.#folder.finish(id, 'failed')
      throw error
    }
  }

  async #arm(touched: Touched, seconds: number): Promise<Journal> {
    const now = monotonicNow()
    const journal: Journal = {
      id: newId(),
      backend: this.#backend,
      armed: now,
      within: nanoseconds(seconds),
      latest: now + nanoseconds(seconds + ARMING),
      ...touched,
    }
    this.refuseWhilePending(touched)
    this.#refuseMore()
    try {
      this.#folder.begin(journal, 'pending')
      // Of two that begin at once each sees the other here, or one does.
      const other = this.#open().find(({ id, journal }) => id !== journal.id && overlap(touched, journal))
      if (other !== undefined && other.id !== journal.id) this.#refuseBeside(other.id)
      await this.#startGuard(journal.id)
    } catch (error) {
      this.#folder.withdraw(journal.id)
      if (error instanceof ChainmailError) throw error
      throw guardFailed(`Its journal could not be written to ${this.#folder.path}`, error)
    }
    return journal
  }

  /** Each has a guard, which is a process. */
  #refuseMore(): void {
    const open = this.#folder.list().filter(({ state }) => isOpen(state))
    if (open.length >= MOST)
      throw new ChainmailError(
        'probation-pending',
        `At most ${MOST} changes can be on probation at once: confirm or revert one first.`,
      )
  }

  #refuseBeside(id: string): never {
    throw new ChainmailError(
      'probation-pending',
      `The change ${id} was put on probation at the same moment, and is about the same chains or sets: try again when it is decided.`,
    )
  }

  /** @throws ChainmailError `guard-failed` */
  async #startGuard(id: string): Promise<void> {
    try {
      await startApart(process.execPath, guardWords(this.#folder.path, id), { timeoutMs: ARMING * 1000 })
    } catch (error) {
      throw guardFailed('The guard that would take it back could not be started', error)
    }
  }

  #open(): readonly { readonly id: string; readonly journal: Journal }[] {
    return this.#folder.list().flatMap((found) => {
      const journal = isOpen(found.state) ? this.#folder.read(found) : undefined
      return journal === undefined ? [] : [{ id: found.id, journal }]
    })
  }

  /** As it was written down last. */
  #latest(journal: Journal): Journal {
    const found = this.#folder.find(journal.id)
    return (found && this.#folder.read(found)) ?? journal
  }

  #find(id: string | undefined): Found {
    const all = this.#folder.list().filter(({ state }) => state !== 'making')
    if (id !== undefined) {
      const found = all.find((one) => one.id === id)
      if (found !== undefined) return found
      throw new ChainmailError(
        'probation-unknown',
        `There is no change ${JSON.stringify(id)} on probation in this network namespace.`,
        { path: 'id' },
      )
    }
    const [only, ...more] = all.filter(({ state }) => isOpen(state))
    if (more.length > 0)
      throw new ChainmailError(
        'probation-unknown',
        `Several changes are on probation, so say which one: ${[only, ...more].map((one) => one?.id).join(', ')}.`,
        { path: 'id' },
      )
    const found = only ?? all.find(({ state }) => state !== 'withdrawn')
    if (found !== undefined) return found
    throw new ChainmailError('probation-unknown', 'No change is on probation in this network namespace.')
  }

  /** Milliseconds. */
  #remaining({ id, latest }: Journal): number {
    return milliseconds((this.#folder.guardOf(id)?.deadline ?? latest) - monotonicNow())
  }

  #handle(journal: Journal): Probation {
    const { id } = journal
    return {
      id,
      deadline: new Date(Date.now() + this.#remaining(journal)),
      remaining: () => this.#remaining(journal),
      confirm: async () => {
        await this.confirm(id)
      },
      revert: async () => this.revert(id),
      decided: () => this.decided(id),
    }
  }
}

/** Seconds: Node's timers go to 2^31 milliseconds. */
const LONGEST = 24 * 86_400

/** Changes on probation at once. */
const MOST = 32

/** Milliseconds after which a probation is looked at although nothing was told of it. */
const LOOKED_AT_LATEST = 1_000

/** Seconds that a guard may take until it stands by, on a machine that is busy. */
const ARMING = 30

const tellingOf: Readonly<Record<Found['state'], string>> = {
  making: 'is being made',
  pending: 'is being taken back',
  reverting: 'is being taken back',
  confirmed: 'was confirmed',
  reverted: 'was taken back',
  withdrawn: 'was never made',
  failed: 'could not be taken back as a whole; chainmail revert tries again',
}

function guardFailed(what: string, cause: unknown): ChainmailError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ChainmailError(
    'guard-failed',
    `A change on probation needs a guard, so nothing was changed. ${what}: ${why}`,
    { cause },
  )
}

function over(id: string, what: string): ChainmailError {
  return new ChainmailError('probation-over', `The change ${id} ${what}.`)
}

function refuseUnmade(id: string): never {
  throw new ChainmailError(
    'probation-pending',
    `The change ${id} is still being made: decide on it when that is done.`,
  )
}

/** Whether a change that failed has left something of itself in the kernel. */
function isChanged(error: unknown): boolean {
  return error instanceof ChainmailError && (error.code === 'plan-raced' || error.code === 'undo-failed')
}

export function touchesOf({ tables, sets }: Touched): readonly string[] {
  return [
    ...tables.flatMap(({ place, chains }) =>
      chains.map(({ name }) => `${place.family} ${place.table} ${name}`),
    ),
    ...sets.map(({ name }) => `set ${name}`),
  ]
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

function newId(): string {
  return Array.from(randomBytes(6), (byte) => LETTERS[byte % LETTERS.length]).join('')
}
