import type { BookedBan } from 'chainmail'
import { BanRecorder } from '../history/ban-recorder.ts'
import { isAlike } from '../history/ban-text.ts'
import type { History, Recorded } from '../history/history.ts'
import type { Change, Origin } from '../history/revision.ts'
import type { RestoreTerms } from '../history/rollback.ts'
import type { Store } from '../store.ts'
import { type BanStore, hasEnded, type Undo } from './ban-store.ts'
import { inTransaction } from './in-transaction.ts'

/** Bans of the store that are what they were; the kernel is not, until it has heard of them. */
export interface RestoredBans {
  /** The numbers of the revisions. */
  readonly numbers: readonly number[]
  /** The kernel has them: who waits for the revisions is told. */
  done(): void
  /** The kernel has refused them: the store is as it was before. @throws what the store refuses */
  takeBack(): void
}

/** Makes the store's bans what they were before some changes; those that would have run out since are gone. */
export class BanRestoration {
  readonly #bans: BanStore
  readonly #store: Store
  readonly #history: History | undefined

  constructor(bans: BanStore, store: Store, history: History | undefined) {
    this.#bans = bans
    this.#store = store
    this.#history = history
  }

  /**
   * @param changes from what each is to what it was
   * @returns undefined where nothing was to be done, and the kernel has nothing to hear
   * @throws DaemonError `store-failed`, with everything as it was
   */
  run(
    changes: readonly Change<BookedBan>[],
    origin: Origin,
    { afterProbation = false }: RestoreTerms,
    now: number,
  ): RestoredBans | undefined {
    const recorder = new BanRecorder()
    const undo: Undo[] = []
    const recorded = inTransaction(this.#history ?? this.#store, undo, (): readonly Recorded[] => {
      const own = afterProbation ? changes.filter((change) => this.#isUnchanged(change, now)) : changes
      this.#bans.watch(recorder.watcher(origin), () => {
        for (const change of own) undo.push(...this.#restore(change, now))
      })
      return this.#history === undefined ? [] : recorder.record(this.#history)
    })
    // Of what was on probation, the guard has changed the kernel already.
    const isGuarded = afterProbation && changes.length > 0
    if (undo.length === 0 && !isGuarded) return undefined
    return {
      numbers: recorded.map(({ number }) => number),
      done: () => {
        for (const { done } of recorded) done()
      },
      takeBack: () =>
        this.#store.transaction(() => {
          for (const one of [...undo, ...recorded.map((one) => one.undo)].toReversed()) one(true)
        }),
    }
  }

  #restore({ before, after }: Change<BookedBan>, now: number): readonly Undo[] {
    const place = after ?? before
    if (place === undefined) return []
    if (after !== undefined && !hasEnded(after, now)) return [this.#bans.put(after, now)]
    return this.#bans.get(place, now) === undefined ? [] : [this.#bans.delete(place)]
  }

  /** Whether nobody has changed a ban since. */
  #isUnchanged({ before, after }: Change<BookedBan>, now: number): boolean {
    const place = before ?? after
    const made = before === undefined || hasEnded(before, now) ? undefined : before
    const held = place && this.#bans.get(place, now)
    return made === undefined || held === undefined ? made === held : isAlike(made, held)
  }
}
