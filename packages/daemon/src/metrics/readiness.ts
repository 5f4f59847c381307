import type { DriftWatch, Firewall } from 'chainmail'
import type { AllowBook } from '../bans/allow-book.ts'
import type { BanBook } from '../bans/ban-book.ts'
import type { Store } from '../store.ts'
import { banFigures } from './ban-figures.ts'

/** What is looked at, with what it is about. */
export const checkNames = ['restored', 'kernel', 'store', 'desired'] as const
export type CheckName = (typeof checkNames)[number]

/** One thing that has to be so for the daemon to keep what it promises. */
export interface Check {
  readonly name: CheckName
  readonly ok: boolean
  /** What is wrong, in a sentence. */
  readonly detail?: string
}

export interface ReadinessSources {
  readonly firewall: Pick<Firewall, 'setNames' | 'sets'>
  readonly book: BanBook
  readonly allowlist: Pick<AllowBook, 'missing'>
  readonly store: Pick<Store, 'database' | 'groups'>
  /** Absent where nothing is watched. */
  readonly drift?: Pick<DriftWatch, 'unrepaired'>
  /** Milliseconds, of any beginning. */
  readonly now?: () => number
}

/** Milliseconds for which an answer is given again: a check writes to the disk. */
const KEPT = 1_000

/** Milliseconds that the disk may take. */
const DISK_TIME = 5_000

/** Whether the daemon keeps what it promises. Asking as often as one likes costs no more than asking once a second. */
export class Readiness {
  readonly #sources: ReadinessSources
  readonly #now: () => number
  #last: Promise<readonly Check[]> | undefined
  #lastAt = 0

  constructor(sources: ReadinessSources) {
    this.#sources = sources
    this.#now = sources.now ?? (() => performance.now())
  }

  checks(): Promise<readonly Check[]> {
    const now = this.#now()
    if (this.#last === undefined || now - this.#lastAt >= KEPT) {
      this.#lastAt = now
      this.#last = Promise.all([this.#restored(), this.#kernel(), this.#storeWrites(), this.#desired()])
    }
    return this.#last
  }

  async #restored(): Promise<Check> {
    return checked('restored', async () =>
      this.#sources.book.isRestored
        ? undefined
        : 'The bans of the store are not in the kernel; the log says why, and the next ban tries again.',
    )
  }

  #kernel(): Promise<Check> {
    return checked('kernel', async () => {
      this.#sources.firewall.setNames()
      return undefined
    })
  }

  #storeWrites(): Promise<Check> {
    return checked('store', () => {
      const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
      const { database, groups } = this.#sources.store
      const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
      const late = setTimeout(
        () => resolve(`The disk has not taken a change within ${DISK_TIME / 1_000} s.`),
        DISK_TIME,
      )
      groups.stage(
        // Writes what is there already: a change of the file all the same.
        () => database.exec(`PRAGMA user_version = ${version}`),
        { done: () => resolve(undefined), fail: reject },
      )
      groups.commit()
      return promise.finally(() => clearTimeout(late))
    })
  }

  #desired(): Promise<Check> {
    const { drift, allowlist } = this.#sources
    return checked('desired', async () => {
      const parts = drift?.unrepaired ?? []
      if (parts.length > 0) return `Not what they should be, and not repaired: ${parts.join(', ')}.`
      const missing = allowlist.missing().length
      if (missing > 0) return `The kernel lacks ${missing} of the allowlist's entries.`
      const short = await this.#missingEntries()
      return short.length === 0 ? undefined : `The kernel lacks entries: ${short.join(', ')}.`
    })
  }

  /** What comes and goes meanwhile is nothing that is missing, so the store is asked before and after the kernel. */
  async #missingEntries(): Promise<string[]> {
    const { book, firewall } = this.#sources
    const before = await banFigures(book, Date.now())
    const actual = new Map((await firewall.sets()).map(({ name, entries }) => [name, entries]))
    const short = [...before.entries].filter(([set, desired]) => (actual.get(set) ?? 0) < desired)
    if (short.length === 0) return []
    const after = await banFigures(book, Date.now())
    return short.flatMap(([set, desired]) => {
      const wanted = Math.min(desired, after.entries.get(set) ?? 0)
      const found = actual.get(set) ?? 0
      return found < wanted ? [`${set} has ${found} of ${wanted}`] : []
    })
  }
}

async function checked(name: CheckName, look: () => Promise<string | undefined>): Promise<Check> {
  try {
    const detail = await look()
    return detail === undefined ? { name, ok: true } : { name, ok: false, detail }
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
