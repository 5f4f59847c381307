import { setTimeout } from 'node:timers/promises'
import { type Family, RestoreError } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { Table } from '../../text/save.ts'
import { CommitGaps } from './commit-gaps.ts'
import type { Place } from './operation.ts'

/**
 * The one writer of rules.
 *
 * 1. Nothing is lost between concurrent callers: all changes pass through one queue, in their order.
 * 2. Many callers are as fast as one: what waits while a commit runs goes into the next one together, up to
 *    {@link LINES_PER_COMMIT} lines. There is no timer, and no delay for who writes now and then.
 * 3. Each caller gets its own answer: a refusal names the line at fault, its change is taken out and fails
 *    alone, and the rest is committed again. Where only the commit as a whole is known to fail, it is halved.
 * 4. Reads take turns with writes, because iptables-nft-save begins again whenever a commit lands under it.
 *    Readers that wait for the same table share one reading.
 * 5. Other programs can read beside a writer that is never idle: commit-gaps.ts.
 * 6. What must not be mixed with other changes (a transaction over several tables and sets) runs alone.
 */
export class RuleWriter {
  readonly #doors: RuleDoors
  readonly #queue: Job[] = []
  readonly #gaps = new CommitGaps()
  #running = false
  #closed = false
  #idle: Promise<void> = Promise.resolve()

  constructor(doors: RuleDoors) {
    this.#doors = doors
  }

  /** Resolves when the kernel has the lines; nothing of them is applied when it rejects. */
  change(place: Place, lines: readonly string[]): Promise<void> {
    return this.#enqueue((resolve, reject) => ({ do: 'change', place, lines, resolve, reject }))
  }

  /** The tables of a family, or one of them, as they are when every change queued before is made. */
  read(family: Family, table?: string): Promise<readonly Table[]> {
    return this.#enqueue((resolve, reject) => ({ do: 'read', family, table, resolve, reject }))
  }

  /** Runs the work while nothing else writes or reads. */
  alone<Result>(work: (doors: RuleDoors) => Promise<Result>): Promise<Result> {
    return this.#enqueue((resolve, reject) => ({
      do: 'alone',
      run: () => work(this.#doors).then(resolve, reject),
      reject,
    }))
  }

  /** Refuses further work and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#idle
  }

  #enqueue<Result>(
    job: (resolve: (result: Result) => void, reject: (reason: unknown) => void) => Job,
  ): Promise<Result> {
    if (this.#closed) return Promise.reject(new ChainmailError('closed', 'The firewall is closed.'))
    return new Promise((resolve, reject) => {
      this.#queue.push(job(resolve, reject))
      if (!this.#running) this.#idle = this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#running = true
    // What is called in the same turn of the event loop goes into the first commit together.
    await Promise.resolve()
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      if (job.do === 'read') {
        await this.#read(this.#takeReads(job))
        continue
      }
      await this.#leaveGap()
      if (job.do === 'change') await this.#commit(this.#takeChanges(job.place))
      else {
        this.#queue.shift()
        await job.run()
      }
      this.#gaps.committed(performance.now())
    }
    this.#running = false
  }

  async #leaveGap(): Promise<void> {
    const { readingTime } = this.#doors
    if (readingTime === undefined) return
    const gap = this.#gaps.before(performance.now(), readingTime)
    if (gap > 0) await setTimeout(gap)
  }

  /** The waiting changes of a table that fit one commit; none overtakes a job that runs alone. */
  #takeChanges(place: Place): Change[] {
    const taken: Change[] = []
    const left: Job[] = []
    let lines = 0
    let open = true
    for (const job of this.#queue) {
      if (job.do === 'alone') open = false
      const ours = job.do === 'change' && job.place.table === place.table && job.place.family === place.family
      if (open && ours && (taken.length === 0 || lines + job.lines.length <= LINES_PER_COMMIT)) {
        taken.push(job)
        lines += job.lines.length
      } else {
        if (ours) open = false
        left.push(job)
      }
    }
    this.#queue.splice(0, this.#queue.length, ...left)
    return taken
  }

  /** The readers of the same table that wait for no change any more. */
  #takeReads({ family, table }: Read): Read[] {
    const taken: Read[] = []
    const left: Job[] = []
    let open = true
    for (const job of this.#queue) {
      if (job.do !== 'read') open = false
      if (open && job.do === 'read' && job.family === family && job.table === table) taken.push(job)
      else left.push(job)
    }
    this.#queue.splice(0, this.#queue.length, ...left)
    return taken
  }

  async #read(reads: readonly Read[]): Promise<void> {
    const [first] = reads
    if (first === undefined) return
    try {
      const tables = await this.#doors.read(first.family, first.table)
      for (const { resolve } of reads) resolve(tables)
    } catch (error) {
      for (const { reject } of reads) reject(error)
    }
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    const [first] = changes
    if (first === undefined) return
    try {
      await this.#doors.commit(
        first.place,
        changes.flatMap(({ lines }) => lines),
      )
      for (const { resolve } of changes) resolve()
    } catch (error) {
      if (error instanceof RestoreError && error.code !== 'outcome-unknown' && changes.length > 1) {
        await this.#commitRest(changes, error)
      } else for (const { reject } of changes) reject(error)
    }
  }

  /** The commit was refused as a whole: the culprit fails, the others are tried again. */
  async #commitRest(changes: readonly Change[], error: RestoreError): Promise<void> {
    const culprit = error.lineIndex === undefined ? -1 : ownerOf(changes, error.lineIndex)
    if (culprit === -1) {
      const middle = changes.length >> 1
      await this.#commit(changes.slice(0, middle))
      await this.#commit(changes.slice(middle))
      return
    }
    changes[culprit]?.reject(error)
    await this.#commit(changes.toSpliced(culprit, 1))
  }
}

/** How rules are read and written; `lines` are those of iptables-restore. */
export interface RuleDoors {
  commit(place: Place, lines: readonly string[]): Promise<void>
  read(family: Family, table?: string): Promise<readonly Table[]>
  /** Milliseconds that a reading takes; undefined where commits do not disturb readers. */
  readonly readingTime?: number | undefined
}

/** Without privileges over the whole machine, iptables-nft-restore takes some 900 rules in one commit. */
export const LINES_PER_COMMIT = 500

interface Change {
  readonly do: 'change'
  readonly place: Place
  readonly lines: readonly string[]
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

interface Read {
  readonly do: 'read'
  readonly family: Family
  readonly table: string | undefined
  readonly resolve: (tables: readonly Table[]) => void
  readonly reject: (reason: unknown) => void
}

interface Alone {
  readonly do: 'alone'
  readonly run: () => Promise<void>
  readonly reject: (reason: unknown) => void
}

type Job = Change | Read | Alone

/** Which change the line of a commit belongs to. */
function ownerOf(changes: readonly Change[], line: number): number {
  let end = 0
  return changes.findIndex(({ lines }) => {
    end += lines.length
    return line < end
  })
}
