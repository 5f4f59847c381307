import { type Backend, type Family, RestorePipe, save, saveInPieces } from '@chainmail/kernel'
import { CommitFigures } from '../../distribution.ts'
import { readKernelInPieces, type Table } from '../../text/save.ts'
import type { OwnCommits } from '../drift/own-commits.ts'
import { type ListedTable, readListing } from '../plan/listing.ts'
import type { Place } from './operation.ts'
import type { RuleDoors } from './writer.ts'

/** Milliseconds that a reading of a small table takes, which is assumed before one was timed. */
const SMALL_READING = 20

/** The one way to the rules: iptables-save and iptables-restore of a backend. */
export class XtablesPipes implements RuleDoors {
  readonly #backend: Backend
  readonly #own: OwnCommits | undefined
  readonly #pipes: Readonly<Record<Family, RestorePipe>>
  /** Of what the kernel has acknowledged; a size is a number of lines. */
  readonly figures = new CommitFigures()
  #lastReading = SMALL_READING

  /** `own` is told of every commit. */
  constructor(backend: Backend, own?: OwnCommits) {
    this.#backend = backend
    this.#own = own
    this.#pipes = {
      ipv4: new RestorePipe({ family: 'ipv4', backend }),
      ipv6: new RestorePipe({ family: 'ipv6', backend }),
    }
  }

  async commit({ family, table }: Place, lines: readonly string[]): Promise<void> {
    const commit = (): Promise<void> => this.#pipes[family].commit({ table, lines })
    const began = performance.now()
    await (this.#own === undefined ? commit() : this.#own.around(commit))
    this.figures.committed(lines.length, began)
  }

  /** On the nft backend a commit makes who is reading begin anew. */
  get readingTime(): number | undefined {
    return this.#backend === 'nft' ? this.#lastReading : undefined
  }

  read(family: Family, table?: string): Promise<readonly Table[]> {
    const one = table === undefined ? {} : { table }
    return this.#timed(() => {
      const pieces = saveInPieces({ family, backend: this.#backend, counters: true, ...one })
      return readKernelInPieces(pieces, { family })
    })
  }

  /** All tables that there are, their rules as text. A table that is asked for by its name would be created. */
  async list(family: Family): Promise<readonly ListedTable[]> {
    const text = await this.#timed(() => save({ family, backend: this.#backend, counters: true }))
    return readListing(text, { family })
  }

  async #timed<Result>(reading: () => Promise<Result>): Promise<Result> {
    const began = performance.now()
    const result = await reading()
    this.#lastReading = performance.now() - began
    return result
  }

  async close(): Promise<void> {
    await Promise.all([this.#pipes.ipv4[Symbol.asyncDispose](), this.#pipes.ipv6[Symbol.asyncDispose]()])
  }
}
