import { setTimeout } from 'node:timers/promises'
import { type EntryRequest, type Family, parseRestoreLine } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { applySets, destroyPlanned } from '../plan/apply-sets.ts'
import type { ListedTable } from '../plan/listing.ts'
import type { EntryChange, SetPlan } from '../plan/set-plan.ts'
import { type Place, restoreLines } from '../rules/operation.ts'
import type { SetDoors } from '../sets/set-growth.ts'
import { Undo } from '../transactions/undo.ts'
import { monotonicNow, wholeSeconds } from './clock.ts'
import { chainsOf } from './foresee.ts'
import { entryOfLine, type Journal, type TouchedEntries, type TouchedSet } from './journal.ts'
import { type TouchedTable, wayBack } from './way-back.ts'

/** What a change is taken back through. */
export interface TakeBackDoors extends SetDoors {
  readonly list: (family: Family) => Promise<readonly ListedTable[]>
  readonly commit: (place: Place, lines: readonly string[]) => Promise<void>
}

/** What taking a change back came to. */
export interface TakenBack {
  readonly commits: number
  readonly sets: number
  /** What has to stay because of what others have done meanwhile, in a sentence each. */
  readonly left: readonly string[]
}

/** Looks and commits of one table, while others write to the same chains between them. */
const ROUNDS = 20

/**
 * Takes a change back as its journal says: sets that rules may need first, then the rules, one commit a table, then
 * the sets that go. A step that fails keeps none of the others from being made.
 *
 * @throws ChainmailError `revert-failed` with what could not be taken back; it may be tried again
 */
export async function takeBack(journal: Journal, doors: TakeBackDoors): Promise<TakenBack> {
  const back = new Back(doors, wholeSeconds(monotonicNow() - journal.armed))
  const { sets, tables } = journal
  for (const set of sets) {
    if (set.do === 'entries') await back.try(async () => back.entries(set))
    else if (set.do !== 'destroy') await back.try(() => back.set(set))
  }
  for (const table of tables) await back.try(() => back.table(table))
  for (const { name, do: verb } of sets) if (verb === 'destroy') await back.try(() => back.destroy(name))
  return back.result()
}

class Back {
  readonly #doors: TakeBackDoors
  /** Seconds since the journal was written. */
  readonly #elapsed: number
  readonly #failures: unknown[] = []
  readonly #left: string[] = []
  #commits = 0
  #sets = 0

  constructor(doors: TakeBackDoors, elapsed: number) {
    this.#doors = doors
    this.#elapsed = elapsed
  }

  async try(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#failures.push(error)
    }
  }

  result(): TakenBack {
    if (this.#failures.length === 0) return { commits: this.#commits, sets: this.#sets, left: this.#left }
    const words = this.#failures.map((error) => (error instanceof Error ? error.message : String(error)))
    throw new ChainmailError(
      'revert-failed',
      `Not all of the change could be taken back: ${words.join(' ')} Mend what is named and try again: the way back is kept.`,
      { cause: this.#failures[0] },
    )
  }

  /** Others may write between the look and the commit, so the result is looked at until nothing is left to do. */
  async table(touched: TouchedTable): Promise<void> {
    const { place } = touched
    for (let round = 0; round < ROUNDS; round++) {
      const listed = (await this.#doors.list(place.family)).find(({ name }) => name === place.table)
      const { operations, left } = wayBack(touched, chainsOf(place.table, listed))
      if (operations.length === 0) {
        this.#left.push(...left)
        return
      }
      await this.#doors.commit(place, restoreLines(operations, place))
      this.#commits++
    }
    throw new ChainmailError(
      'plan-raced',
      `Other programs keep changing the chains of ${place.table} (${place.family}).`,
    )
  }

  /** In place: what others add to the set meanwhile stays. */
  entries({ name, take, put }: TouchedEntries): void {
    const { ipset } = this.#doors
    if (!ipset.names().includes(name)) return
    const back = put.map((line) => this.#remaining(entryOfLine(line)))
    const kept = new Set(back.map((entry) => entry?.element))
    for (const line of take) {
      const { element, wildcard } = entryOfLine(line)
      if (kept.has(element)) continue
      ipset.del(name, wildcard === undefined ? { element } : { element, wildcard }, { exists: 'ignore' })
    }
    for (const entry of back) if (entry !== undefined) ipset.add(name, entry, { exists: 'ignore' })
    this.#sets++
  }

  async set(touched: Exclude<TouchedSet, { readonly do: 'destroy' | 'entries' }>): Promise<void> {
    const { name, take, put } = touched
    const made = parseRestoreLine(touched.create, 1)
    if (made?.command !== 'create')
      throw new ChainmailError('journal-broken', 'A set of the journal has no line that creates it.')
    const { type, options } = made
    const isThere = this.#doors.ipset.names().includes(name)
    if (!isThere && touched.do !== 'create') {
      this.#left.push(`The set ${name} was destroyed by somebody else, and was left so.`)
      return
    }
    const entries: EntryChange[] = [
      ...take.map((element): EntryChange => ({ do: 'remove', entry: { element } })),
      ...put.flatMap((line): EntryChange[] => {
        const entry = this.#remaining(entryOfLine(line))
        return entry === undefined ? [] : [{ do: 'add', entry }]
      }),
    ]
    const verb = isThere && touched.do === 'create' ? 'change' : touched.do
    if (verb === 'change' && entries.length === 0) return
    await this.#apply({ name, do: verb, type, options, changed: [], entries, stay: 0 })
  }

  async destroy(name: string): Promise<void> {
    const { ipset } = this.#doors
    if (!ipset.names().includes(name)) return
    const [described] = ipset.list(name)
    const { type = '', options = {} } = described ?? {}
    try {
      await destroyPlanned(
        ipset,
        [{ name, do: 'destroy', type, options, changed: [], entries: [], stay: 0 }],
        new Undo(),
      )
      this.#sets++
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'set-in-use')) throw error
      this.#left.push(`The set ${name} stays, because a rule of somebody else refers to it.`)
    }
  }

  async #apply(plan: SetPlan): Promise<void> {
    for (let round = 1; ; round++) {
      const undo = new Undo()
      try {
        const release = await applySets(this.#doors, [plan], undo)
        await release()
        this.#sets++
        return
      } catch (error) {
        // Somebody lists the set, which keeps it from being swapped.
        const isListed = error instanceof Error && 'code' in error && error.code === 'set-in-use'
        if (!isListed || round === ROUNDS) await undo.because(error)
        await setTimeout(10 * round)
      }
    }
  }

  /** The entry with what would be left of its time by now; undefined where it would have ended. */
  #remaining(entry: EntryRequest): EntryRequest | undefined {
    const { timeout = 0 } = entry
    if (timeout === 0) return entry
    const left = timeout - this.#elapsed
    return left < 1 ? undefined : { ...entry, timeout: left }
  }
}
