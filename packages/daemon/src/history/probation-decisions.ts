import type { Firewall } from 'chainmail'
import type { History } from './history.ts'
import { takenBack } from './plan-changes.ts'
import type { Operations, Origin } from './revision.ts'
import { type Books, backOf } from './rollback.ts'

export interface ProbationParts {
  readonly history: History
  readonly firewall: Pick<Firewall, 'decided'>
  readonly books: Books
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault: (error: unknown, about: string) => void
}

/**
 * What becomes of changes on probation that concern more than a plan: single rules, bans, rollbacks.
 *
 * 1. The kernel's part goes back by the guard, whether this daemon lives or not. What the store says of it follows here:
 *    when it is decided, or at the next start.
 * 2. Which revisions belong to a probation stands in the store in the same transaction as they, so that a daemon that
 *    dies at any moment knows it afterwards.
 * 3. Until it is decided nothing of it is repaired, and nobody takes it for what should be.
 */
export class ProbationDecisions implements Disposable {
  readonly #parts: ProbationParts
  readonly #holds = new Map<string, (() => void)[]>()
  readonly #watched = new Set<string>()
  #closed = false

  constructor(parts: ProbationParts) {
    this.#parts = parts
  }

  /** Goes on with those of before a restart. Nothing that they have changed is restored or repaired until then. */
  open(): void {
    const { history } = this.#parts
    for (const id of history.probations.ids) {
      for (const number of history.probations.of(id)) this.hold(id, this.#operationsOf(number))
      this.watch(id)
    }
  }

  /** Keeps what a probation has changed from being repaired. */
  hold(id: string, { chains = [], sets = [] }: Operations): void {
    const names = sets.map(({ name }) => name)
    const release = this.#parts.history.follower.hold(names, chains)
    this.#holds.set(id, [...(this.#holds.get(id) ?? []), release])
  }

  /** Does what has to be done when a probation is decided. To be called before its changes are made. */
  watch(id: string): void {
    if (this.#watched.has(id)) return
    this.#watched.add(id)
    void this.#follow(id)
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  async #follow(id: string): Promise<void> {
    const { firewall, onFault } = this.#parts
    try {
      const decision = await firewall.decided(id, false)
      if (!this.#closed) await this.#settle(id, decision === 'confirmed')
    } catch (error) {
      onFault(error, 'what became of a change on probation could not be kept')
    } finally {
      for (const release of this.#holds.get(id) ?? []) release()
      this.#holds.delete(id)
      this.#watched.delete(id)
    }
  }

  async #settle(id: string, isKept: boolean): Promise<void> {
    const { history, books } = this.#parts
    const numbers = history.probations.of(id)
    if (numbers.length === 0) return
    const changes = numbers.map((number) => this.#operationsOf(number))
    const which = `revision ${numbers.toReversed().join(' and ')}`
    const why = `${which} was ${isKept ? 'confirmed' : 'taken back'}`
    const origin: Origin = { who: 'daemon', door: 'daemon', what: 'probation', why }
    if (!isKept) {
      const back = backOf(changes)
      await books.allowlist.restore(back.allowlist, origin)
      await books.bans.restore(back.bans, origin)
      await books.rfw.restore(back.rfw, origin)
    }
    const chains = changes.flatMap((one) => one.chains ?? [])
    const sets = changes.flatMap((one) => one.sets ?? [])
    await history.follower.gate.enter(async () => {
      const follow = await history.follower.follow({ chains, sets })
      await history.keep({
        origin,
        what: 'probation',
        operations: isKept ? {} : takenBack({ chains, sets }),
        also: () => {
          const writeBack = follow?.()
          const remember = history.probations.forget(id)
          return () => {
            remember()
            writeBack?.()
          }
        },
      })
    })
  }

  /** None where the history does not go back so far any more. */
  #operationsOf(number: number): Operations {
    const { history, onFault } = this.#parts
    try {
      return history.get(number).operations
    } catch (error) {
      onFault(error, 'the history has forgotten a change while it was on probation')
      return {}
    }
  }
}
