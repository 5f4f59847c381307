import { type Family, LegacyTables, type NftablesCommit, NftablesEvents } from '@chainmail/kernel'
import type { OwnCommits } from './own-commits.ts'

/** A process that has changed rules, as the kernel names it. */
export interface Who {
  /** Its number in the first pid namespace of the machine. */
  readonly processId: number | undefined
  /** Its first 15 bytes. */
  readonly processName: string | undefined
}

/** What has become of the rules since the last look. */
export interface KernelChange {
  /** Somebody has changed them: we or others. */
  readonly byAnybody: boolean
  /** Others have changed them; or they may have, where announcements were lost. */
  readonly byOthers: boolean
  /** The last of them; none on the legacy backend, which does not tell. */
  readonly who: readonly Who[]
}

/** Tells whether others have changed rules, at a cost that does not grow with what they change. */
export interface KernelChanges extends Disposable {
  take(): KernelChange
}

/** How many processes are named in one event. */
const MOST_NAMED = 8

const unchanged: KernelChange = { byAnybody: false, byOthers: false, who: [] }
const changedByUs: KernelChange = { byAnybody: true, byOthers: false, who: [] }

/** The nft backend: the kernel announces each commit, and who made it. */
export class AnnouncedChanges implements KernelChanges {
  readonly #events = new NftablesEvents()
  readonly #own: OwnCommits
  #undecided: readonly NftablesCommit[] = []

  constructor(own: OwnCommits) {
    this.#own = own
    own.watch()
  }

  take(): KernelChange {
    const { commits, lost } = this.#events.take()
    if (lost) this.#own.forget()
    const undecided: NftablesCommit[] = []
    const who = new Map<string, Who>()
    for (const commit of [...this.#undecided, ...commits]) {
      const isOurs = this.#own.isOurs(commit)
      if (isOurs === undefined) undecided.push(commit)
      if (isOurs !== false) continue
      const { processId, processName } = commit
      who.set(`${processId} ${processName}`, { processId, processName })
    }
    this.#undecided = undecided
    if (!lost && who.size === 0) return commits.length === 0 ? unchanged : changedByUs
    return { byAnybody: true, byOthers: true, who: [...who.values()].slice(-MOST_NAMED) }
  }

  [Symbol.dispose](): void {
    this.#own.unwatch()
    this.#events[Symbol.dispose]()
  }
}

/** At most this share of the time goes into comparing the entries of the tables. */
const COMPARING_SHARE = 1 / 2_000

/** Milliseconds between two comparisons of the entries, at least. */
const COMPARED_EVERY = 400

/**
 * The legacy backend tells nobody, so what it holds is compared: some times a second, and before and after each commit of
 * our own, so that what others did is told from what we did. Only a rule that others move, or exchange for one of the
 * same length, in the moment in which we ourselves are writing counts as ours.
 */
export class ComparedChanges implements KernelChanges {
  readonly #tables: readonly LegacyTables[]
  readonly #own: OwnCommits
  #byOthers = false
  #byUs = false
  #underWay = false
  /** The entries that are known lack what we have written. */
  #entriesAreOld = false
  #comparedAgainAt = 0

  constructor(own: OwnCommits, families: readonly Family[]) {
    this.#own = own
    this.#tables = families.map((family) => new LegacyTables(family))
    for (const tables of this.#tables) tables.entriesChanged()
    own.watch({
      before: () => {
        this.#compareOutlines()
        this.#underWay = true
      },
      after: () => {
        for (const tables of this.#tables) tables.outlinesChanged()
        this.#underWay = false
        this.#byUs = true
        this.#entriesAreOld = true
      },
    })
  }

  take(): KernelChange {
    if (!this.#underWay) {
      this.#compareOutlines()
      this.#compareEntries()
    }
    const [byOthers, byUs] = [this.#byOthers, this.#byUs]
    this.#byOthers = false
    this.#byUs = false
    if (byOthers) return { byAnybody: true, byOthers, who: [] }
    return byUs ? changedByUs : unchanged
  }

  [Symbol.dispose](): void {
    this.#own.unwatch()
    for (const tables of this.#tables) tables[Symbol.dispose]()
  }

  #compareOutlines(): void {
    for (const tables of this.#tables) if (tables.outlinesChanged()) this.#byOthers = true
  }

  #compareEntries(): void {
    const began = performance.now()
    if (began < this.#comparedAgainAt) return
    for (const tables of this.#tables)
      if (tables.entriesChanged() && !this.#entriesAreOld) this.#byOthers = true
    this.#entriesAreOld = false
    const now = performance.now()
    this.#comparedAgainAt = now + Math.max(COMPARED_EVERY, (now - began) / COMPARING_SHARE)
  }
}
