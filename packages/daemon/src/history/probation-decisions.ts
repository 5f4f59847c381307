import { ChainmailError, type Firewall } from 'chainmail'
import type { History } from './history.ts'
import { type AppliedStates, takenBack } from './plan-changes.ts'
import type { Operations, Origin } from './revision.ts'
import { type Books, backOf } from './rollback.ts'

export interface ProbationParts {
  readonly history: History
  readonly firewall: Pick<Firewall, 'decided' | 'decision' | 'probations'>
  /** Keeps what plans have made, with what is on probation aside. */
  readonly applied?: (Pick<AppliedStates, 'decided'> & { readonly undecided: readonly string[] }) | undefined
  readonly books: Books
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault: (error: unknown, about: string) => void
}

/**
 * What becomes of changes on probation: plans, single rules, bans, transactions, rollbacks.
 *
 * 1. The kernel's part goes back by the guard, whether this daemon lives or not. What the store says of it follows here:
 *    when it is decided, or at the next start.
 * 2. Which revisions belong to a probation stands in the store in the same transaction as they, so that a daemon that
 *    dies at any moment knows it afterwards.
 * 3. Until it is decided nothing of it is repaired, and nobody takes it for what should be.
 * 4. Who confirms it or takes it back here is answered when the store has that too.
 * 5. One that could not be taken back is told of, and is not decided: it may be taken back again.
 */
export class ProbationDecisions implements Disposable {
  readonly #parts: ProbationParts
  readonly #holds = new Map<string, (() => void)[]>()
  readonly #watched = new Map<string, Promise<void>>()
  #decided: readonly string[] = []
  #closed = false

  constructor(parts: ProbationParts) {
    this.#parts = parts
  }

  /** Goes on with those of before a restart. Nothing that they have changed is restored or repaired until then. */
  open(): void {
    const { history, firewall } = this.#parts
    const pending = new Set(firewall.probations().map(({ id }) => id))
    const isOpen = (id: string): boolean => pending.has(id) || firewall.decision(id) === 'failed'
    this.#decided = history.probations.ids.filter((id) => !isOpen(id))
    for (const id of history.probations.ids) {
      if (!isOpen(id)) continue
      for (const number of history.probations.of(id)) this.hold(id, this.#operationsOf(number))
      this.watch(id)
    }
  }

  /**
   * Does what has to be done of those that were decided while no daemon ran, and whose guards are remembered: the kernel
   * is what they have left. To be called before plans are restored in it, which would undo what was confirmed.
   */
  async settleKnown(): Promise<void> {
    const known = this.#decided.filter((id) => this.#parts.firewall.decision(id) !== undefined)
    this.#decided = this.#decided.filter((id) => !known.includes(id))
    await this.#settleAll(known)
  }

  /** Does the same of the others, those of before a reboot: they count as taken back. To be called when all else is restored. */
  async settle(): Promise<void> {
    await this.#settleAll(this.#decided)
  }

  async #settleAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.watch(id)
    await Promise.all(ids.map((id) => this.settled(id)))
  }

  /** Resolves when what has to be done of a probation that is decided was done, or failed and was told. */
  async settled(id: string): Promise<void> {
    await this.#watched.get(id)
  }

  /** Keeps what a probation has changed from being repaired. */
  hold(id: string, operations: Operations): void {
    const release = this.#parts.history.follower.hold([], operations)
    this.#holds.set(id, [...(this.#holds.get(id) ?? []), release])
  }

  /**
   * Does what has to be done when a probation is decided. To be called before its changes are made, and when they are
   * kept: it may have been decided in between.
   */
  watch(id: string): void {
    if (this.#watched.has(id)) return
    this.#watched.set(id, this.#follow(id))
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  async #follow(id: string): Promise<void> {
    const { firewall, onFault } = this.#parts
    try {
      let decision = await firewall.decided(id, false)
      if (decision === 'failed') {
        if (!this.#closed) onFault(failed(id), 'a change on probation is there still')
        decision = await firewall.decided(id, false, 'failed')
      }
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
    const { history, books, applied } = this.#parts
    // It may be decided while its revisions are on their way to the disk.
    await history.settled(Math.max(0, ...history.probations.of(id)))
    const numbers = history.probations.of(id)
    if (numbers.length === 0) return
    const changes = numbers.map((number) => this.#operationsOf(number))
    const which = `revision ${numbers.toReversed().join(' and ')}`
    const why = `${which} was ${isKept ? 'confirmed' : 'taken back'}`
    const origin: Origin = { who: 'daemon', door: 'daemon', what: 'probation', why }
    if (!isKept) {
      const back = backOf(changes)
      const terms = { afterProbation: true }
      await books.allowlist.restore(back.allowlist, origin, terms)
      await books.bans.restore(back.bans, origin, terms)
      await books.rfw.restore(back.rfw, origin, terms)
    }
    const chains = changes.flatMap((one) => one.chains ?? [])
    const sets = changes.flatMap((one) => one.sets ?? [])
    await history.follower.gate.enter(async () => {
      // A plan tells itself what should be.
      const follow = applied?.undecided.includes(id)
        ? await applied.decided(id, isKept, { chains, sets })
        : await history.follower.follow({ chains, sets }, { isDecided: true })
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

function failed(id: string): ChainmailError {
  return new ChainmailError(
    'revert-failed',
    `The change ${id} could not be taken back as a whole: chainmail revert ${id} says why, and tries again.`,
  )
}
