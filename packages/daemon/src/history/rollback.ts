import {
  type BookedBan,
  changesOf,
  type Firewall,
  type GuardOptions,
  type Plan,
  type Probation,
  touchedByPlan,
} from 'chainmail'
import { codeOf } from '../errors.ts'
import type { History } from './history.ts'
import { applyPlan } from './plan-changes.ts'
import type { ProbationDecisions } from './probation-decisions.ts'
import type { AllowedEntry, Change, Operations, Origin, RfwEntry } from './revision.ts'

/** What a rollback needs of the library. */
export type RollbackFirewall = Pick<Firewall, 'planBack' | 'apply' | 'rehearse' | 'onProbation'> & {
  readonly bookedBans: Pick<Firewall['bookedBans'], 'touchedBy'>
}

/** Of what a book makes what it was. */
export interface RestoreTerms {
  /**
   * The changes were on probation, and are not kept: the guard has taken them back in the kernel. What is no longer what
   * they had made of it, somebody else has changed since: it stays, and the kernel gets it again.
   */
  readonly afterProbation?: boolean
}

/** A book of the daemon that can make some of its values what they were; each change becomes a revision. */
export interface BookBack<Value> {
  /**
   * @param changes from what each value is to what it was
   * @returns the numbers of its revisions; none where nothing was to be done
   */
  restore(changes: readonly Change<Value>[], origin: Origin, terms?: RestoreTerms): Promise<readonly number[]>
}

/** The books whose changes stand in the history. */
export interface Books {
  readonly bans: BookBack<BookedBan>
  readonly allowlist: BookBack<AllowedEntry>
  readonly rfw: BookBack<RfwEntry>
}

export interface RollbackParts {
  readonly history: History
  readonly firewall: RollbackFirewall
  readonly books: Books
  readonly decisions: Pick<ProbationDecisions, 'watch' | 'hold'>
}

export interface RollbackOptions {
  /** Makes it although it shuts somebody out. */
  readonly force?: boolean
  /** What must not be shut out beside the allowlist. */
  readonly guard?: GuardOptions | undefined
  /** It is taken back itself unless it is confirmed within this time. */
  readonly confirmWithin?: string | undefined
}

/** What a rollback came to. */
export interface RolledBack {
  /** What is now as it was after this one. */
  readonly to: number
  /** The revisions that the rollback itself is: one for the rules and sets, and one for each book that it changed. */
  readonly revisions: readonly number[]
  /** Commits of rules that the kernel has acknowledged. */
  readonly commits: number
  /** Sets that were changed. */
  readonly sets: number
  readonly bans: number
  readonly allowlist: number
  readonly rfw: number
  /** What is not as it was, in a sentence each. */
  readonly left: readonly string[]
  /** Milliseconds. */
  readonly duration: number
  /** Of a rollback that is taken back unless it is confirmed. */
  readonly probation?: Probation
}

/** Plans that are made anew, because others write to the same chains. */
const ROUNDS = 5

/**
 * Makes what the daemon has changed since a revision as it was then. What others have made since stays.
 *
 * The rules and sets change first, by one plan: all of it or nothing. The books of bans, of what is allowed and of rfw's
 * entries follow, each in one transaction of the store.
 */
export class Rollback {
  readonly #parts: RollbackParts

  constructor(parts: RollbackParts) {
    this.#parts = parts
  }

  /** What a rollback would do; nothing is done. @throws as {@link to}, for what can be known beforehand */
  async rehearse(
    number: number,
    { force = false, guard = {}, confirmWithin }: RollbackOptions = {},
  ): Promise<{ readonly operations: Operations; readonly left: readonly string[]; readonly plan: Plan }> {
    const { history, firewall } = this.#parts
    const undone = Array.from(history.since(number), ({ operations }) => operations)
    const { plan, left } = await this.#planOf(number)
    await firewall.rehearse(plan, { force, guard, ...(confirmWithin === undefined ? {} : { confirmWithin }) })
    const irreversible = undone.flatMap(({ irreversible = [] }) => irreversible)
    return { operations: { ...changesOf(plan), ...backOf(undone) }, left: [...irreversible, ...left], plan }
  }

  /**
   * @throws DaemonError `revision-not-found`, `history-too-short`, `store-failed`; ChainmailError `plan-stale` where
   *   others keep changing the same chains, `would-lock-out`; what the kernel refuses
   */
  async to(number: number, origin: Origin, options: RollbackOptions = {}): Promise<RolledBack> {
    const { confirmWithin } = options
    const own: Origin = { ...origin, what: 'rollback', why: origin.why ?? `back to revision ${number}` }
    if (confirmWithin === undefined) return this.#to(number, own, options)
    const { history, firewall, decisions } = this.#parts
    const { plan } = await this.#planOf(number)
    const { tables, sets } = touchedByPlan(plan)
    const { bans } = backOf(Array.from(history.since(number), ({ operations }) => operations))
    const touched = { tables, sets: [...sets, ...firewall.bookedBans.touchedBy(bans)] }
    const { result, probation } = await firewall.onProbation(touched, confirmWithin, async (id) => {
      decisions.watch(id)
      const made = await this.#to(number, { ...own, probation: id }, options)
      decisions.watch(id)
      return made
    })
    return { ...result, probation }
  }

  async #to(number: number, own: Origin, options: RollbackOptions): Promise<RolledBack> {
    const began = performance.now()
    const { history, books } = this.#parts
    const undone = Array.from(history.since(number), ({ operations }) => operations)
    const left = undone.flatMap(({ irreversible = [] }) => irreversible)
    const revisions: number[] = []
    const rules = await this.#rules(number, own, options)
    left.push(...rules.left)
    if (rules.revision !== undefined) revisions.push(rules.revision)
    const back = backOf(undone)
    revisions.push(...(await books.allowlist.restore(back.allowlist, own)))
    revisions.push(...(await books.bans.restore(back.bans, own)))
    revisions.push(...(await books.rfw.restore(back.rfw, own)))
    return {
      to: number,
      revisions,
      commits: rules.commits,
      sets: rules.sets,
      bans: back.bans.length,
      allowlist: back.allowlist.length,
      rfw: back.rfw.length,
      left,
      duration: performance.now() - began,
    }
  }

  async #rules(
    number: number,
    origin: Origin,
    { force = false, guard = {} }: RollbackOptions,
  ): Promise<{ revision?: number | undefined; commits: number; sets: number; left: readonly string[] }> {
    for (let round = 1; ; round++) {
      const { plan, left } = await this.#planOf(number)
      if (plan.isEmpty) return { commits: 0, sets: 0, left }
      const { probation } = origin
      if (probation !== undefined) this.#parts.decisions.hold(probation, changesOf(plan))
      try {
        const { revision, applied } = await applyPlan(this.#parts, plan, origin, {
          force,
          guard,
          partOf: probation,
        })
        return { revision, commits: applied.commits, sets: applied.sets, left }
      } catch (error) {
        if (codeOf(error) !== 'plan-stale' || round === ROUNDS) throw error
      }
    }
  }

  #planOf(number: number): ReturnType<RollbackFirewall['planBack']> {
    const { history, firewall } = this.#parts
    const changes = Array.from(history.since(number), ({ operations: { chains = [], sets = [] }, time }) => ({
      chains,
      sets,
      time,
    }))
    return firewall.planBack(changes.filter(({ chains, sets }) => chains.length + sets.length > 0))
  }
}

/** What has to become of each value: from what it is after all changes, to what it was before the first. */
export function backOf(newestFirst: readonly Operations[]): {
  readonly bans: readonly Change<BookedBan>[]
  readonly allowlist: readonly Change<AllowedEntry>[]
  readonly rfw: readonly Change<RfwEntry>[]
} {
  const bans = new Map<string, Change<BookedBan>>()
  const allowlist = new Map<string, Change<AllowedEntry>>()
  const rfw = new Map<string, Change<RfwEntry>>()
  for (const operations of newestFirst) {
    for (const change of operations.bans ?? []) {
      const { address = '', scope = '' } = change.after ?? change.before ?? {}
      reverse(bans, `${address} ${scope}`, change)
    }
    for (const change of operations.allowlist ?? [])
      reverse(allowlist, (change.after ?? change.before)?.address ?? '', change)
    for (const change of operations.rfw ?? [])
      reverse(rfw, (change.after ?? change.before)?.path ?? '', change)
  }
  return {
    bans: [...bans.values()],
    allowlist: [...allowlist.values()],
    rfw: [...rfw.values()],
  }
}

function reverse<Value>(
  all: Map<string, Change<Value>>,
  key: string,
  { before, after }: Change<Value>,
): void {
  const later = all.get(key)
  all.set(key, { before: later === undefined ? after : later.before, after: before })
}
