import { count } from './quantity.ts'

/** What a bar is drawn on: standard error, if that is a terminal. */
export interface ProgressSink {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface ProgressOptions {
  /** What is being done, in a word or two. */
  readonly label: string
  /** What is counted, in the plural. */
  readonly noun: string
  /** The number of bytes there are, if it is known. */
  readonly totalBytes?: number | undefined
  /** Milliseconds. */
  readonly now?: () => number
}

/** Work that goes on. */
export interface ProgressReport {
  /** So many bytes of the input have been taken since the last time. */
  bytes(amount: number): void
  /** So many things were done since the last time. */
  items(amount: number): void
  /** Takes the bar away. */
  end(): void
}

/** Milliseconds: what is quicker needs no bar, and nobody reads faster than it is drawn. */
const SHOWN_AFTER = 1_000
const DRAWN_EVERY = 100

/** Items between two looks at the clock. */
const STEPS = 256

const ORDINARY_WIDTH = 80
const WIDEST_BAR = 40

const BEGIN = '\r\u001b[K'

/** A line on a terminal that tells how far some work has come, once it takes longer than a second. */
export class Progress implements ProgressReport {
  readonly #sink: ProgressSink
  readonly #options: ProgressOptions
  readonly #now: () => number
  readonly #began: number
  #bytes = 0
  #items = 0
  #steps = 0
  #drawn: number | undefined

  constructor(sink: ProgressSink, options: ProgressOptions) {
    this.#sink = sink
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#began = this.#now()
  }

  bytes(amount: number): void {
    this.#bytes += amount
    this.#update()
  }

  items(amount: number): void {
    this.#items += amount
    if (++this.#steps % STEPS === 0) this.#update()
  }

  end(): void {
    if (this.#drawn !== undefined) this.#sink.write(BEGIN)
    this.#drawn = undefined
  }

  #update(): void {
    if (this.#sink.isTTY !== true) return
    const now = this.#now()
    if (now - this.#began < SHOWN_AFTER || now - (this.#drawn ?? 0) < DRAWN_EVERY) return
    this.#drawn = now
    this.#sink.write(BEGIN + this.#line((now - this.#began) / 1000))
  }

  #line(seconds: number): string {
    const { label, noun, totalBytes } = this.#options
    const items = `${count(this.#items)} ${noun}, ${count(Math.floor(this.#items / seconds))}/s`
    const columns = (this.#sink.columns || ORDINARY_WIDTH) - 1
    if (totalBytes === undefined || totalBytes === 0) return `${label}  ${items}`.slice(0, columns)
    const share = Math.min(1, this.#bytes / totalBytes)
    const percent = `${Math.floor(share * 100)} %`.padStart(6)
    const room = columns - label.length - percent.length - items.length - 6
    const width = Math.max(0, Math.min(WIDEST_BAR, room))
    const filled = Math.round(width * share)
    const bar = width === 0 ? '' : `  [${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`
    return `${label}${bar}${percent}  ${items}`.slice(0, columns)
  }
}
