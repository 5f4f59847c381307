import type { EntryInput } from '@chainmail/kernel'
import type { SetGuard } from 'chainmail'
import { problemOf } from '../problems.ts'
import type {
  AddOptions,
  BulkChange,
  ExpectedSize,
  RefusedEntry,
  SetDoor,
  SetRehearsal,
} from './sets-firewall.ts'

/** A set of which what would shut somebody out is refused: single entries alone, the whole content as a whole. */
export class GuardedSet implements SetDoor {
  readonly #set: SetDoor
  readonly #guard: SetGuard

  constructor(set: SetDoor, guard: SetGuard) {
    this.#set = set
    this.#guard = guard
  }

  description(): ReturnType<SetDoor['description']> {
    return this.#set.description()
  }

  has(element: string): Promise<boolean> {
    return this.#set.has(element)
  }

  entryBatches(): ReturnType<SetDoor['entryBatches']> {
    return this.#set.entryBatches()
  }

  addMany(entries: Iterable<EntryInput>, options?: AddOptions): Promise<BulkChange> {
    return this.#checked(
      entries,
      (entry) => this.#guard.checkAdd([entry]),
      (some) => this.#set.addMany(some, options),
    )
  }

  deleteMany(entries: Iterable<EntryInput>): Promise<BulkChange> {
    return this.#checked(
      entries,
      (entry) => this.#guard.checkDelete([entry]),
      (some) => this.#set.deleteMany(some),
    )
  }

  replace(entries: AsyncIterable<EntryInput>, options?: ExpectedSize): ReturnType<SetDoor['replace']> {
    return this.#set.replace(this.#guard.replacing(entries), options)
  }

  rename(...words: Parameters<SetDoor['rename']>): Promise<void> {
    return this.#set.rename(...words)
  }

  async swap(...[other, options]: Parameters<SetDoor['swap']>): Promise<void> {
    for await (const _ of this.#guard.replacing(entriesOf(other))) {
      // Looked at alone: the sets change by themselves.
    }
    await this.#set.swap(other, options)
  }

  async flush(): Promise<void> {
    await this.#guard.checkFlush()
    await this.#set.flush()
  }

  destroy(...words: Parameters<SetDoor['destroy']>): Promise<void> {
    return this.#set.destroy(...words)
  }

  async rehearsal(): Promise<SetRehearsal> {
    const rehearsal = await this.#set.rehearsal()
    return {
      set: new GuardedSet(rehearsal.set, this.#guard),
      [Symbol.asyncDispose]: () => rehearsal[Symbol.asyncDispose](),
    }
  }

  /** Those that are refused are left out of the change, and told with it. */
  async #checked(
    entries: Iterable<EntryInput>,
    check: (entry: EntryInput) => Promise<void>,
    change: (entries: Iterable<EntryInput>) => Promise<BulkChange>,
  ): Promise<BulkChange> {
    const all = [...entries]
    const shutOut: RefusedEntry[] = []
    for (const [index, entry] of all.entries()) {
      if (!this.#guard.concerns(entry)) continue
      try {
        await check(entry)
      } catch (error) {
        const { code, detail } = problemOf(error)
        shutOut.push({ index, code, message: detail })
      }
    }
    // How many there are in all is what the request says, not what one part of it holds.
    if (shutOut.length === 0) return change(all.values())
    const left = new Set(shutOut.map(({ index }) => index))
    const indexes = all.flatMap((_, index) => (left.has(index) ? [] : [index]))
    const { accepted, refused } = await change(
      indexes.flatMap((index) => all.slice(index, index + 1)).values(),
    )
    const others = refused.map((one) => ({ ...one, index: indexes[one.index] ?? one.index }))
    return { accepted, refused: [...shutOut, ...others].toSorted((one, other) => one.index - other.index) }
  }
}

async function* entriesOf(set: SetDoor): AsyncGenerator<EntryInput, void> {
  for await (const batch of set.entryBatches()) yield* batch
}
