/** What it needs of the process. */
export interface SpareMemoryOptions {
  /** Gives back what can be. */
  readonly giveBack: () => Promise<void>
  readonly onFault: (error: unknown, about: string) => void
  /** Microseconds of processor time that the process has used. */
  readonly used?: () => number
  /** Milliseconds between two looks at it. */
  readonly every?: number
}

/** Milliseconds. */
const EVERY = 5_000

/** Microseconds of processor time: work that leaves memory behind takes at least as much. */
const WORK = 1_000_000

/** The part of the time in which a daemon that is quiet may still do something. */
const QUIET = 0.05

/** Gives memory back at once, and whenever the daemon has worked and is quiet again, so that nobody waits for it. */
export class SpareMemory implements Disposable {
  readonly #options: SpareMemoryOptions
  readonly #every: number
  readonly #timer: NodeJS.Timeout
  /** Processor time when it was last looked at, and when memory was last given back. */
  #seen = 0
  #given = 0

  constructor(options: SpareMemoryOptions) {
    this.#options = options
    this.#every = options.every ?? EVERY
    this.#timer = setInterval(() => this.#look(), this.#every).unref()
    this.#give()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const used = this.#used()
    const isQuiet = used - this.#seen < QUIET * this.#every * 1000
    this.#seen = used
    if (isQuiet && used - this.#given >= WORK) this.#give()
  }

  #give(): void {
    this.#seen = this.#used()
    this.#given = this.#seen
    const { giveBack, onFault } = this.#options
    giveBack().catch((error) => onFault(error, 'memory that is not needed cannot be given back'))
  }

  #used(): number {
    if (this.#options.used !== undefined) return this.#options.used()
    const { user, system } = process.cpuUsage()
    return user + system
  }
}
