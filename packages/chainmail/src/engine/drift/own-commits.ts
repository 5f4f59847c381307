import type { NftablesCommit, NftablesGeneration } from '@chainmail/kernel'

/** Processes that are remembered: those that write for us, each for as long as it lives. */
const PROCESSES = 16

/** Is told of each commit of ours; must not throw. */
export interface CommitObserver {
  before(): void
  after(): void
}

/**
 * Tells the commits of this process from those of others.
 *
 * The kernel tells who made a commit by a number of the first pid namespace, which a process in a container does not
 * know of its own children. But a commit that began the very next generation was ours, if it was ours alone; and the
 * process that the kernel names for it is one of those that write for us, whatever its number means.
 */
export class OwnCommits {
  readonly #generation: Pick<NftablesGeneration, 'read'> | undefined
  readonly #generations = new Set<number>()
  /** Their numbers and names. */
  readonly #processes = new Map<number, string | undefined>()
  /** The generation before the commit that is under way. */
  #underWay: number | undefined
  #watched = false
  #observer: CommitObserver | undefined
  #count = 0

  constructor(generation: Pick<NftablesGeneration, 'read'> | undefined) {
    this.#generation = generation
  }

  /** How many there were. */
  get count(): number {
    return this.#count
  }

  /** From here on they are remembered, and the observer is told of each. */
  watch(observer?: CommitObserver): void {
    this.#watched = true
    this.#observer = observer
  }

  /** They are remembered no longer. */
  unwatch(): void {
    this.#watched = false
    this.#observer = undefined
    this.#generations.clear()
  }

  /** Makes a commit. */
  async around(commit: () => Promise<void>): Promise<void> {
    const before = this.#watched ? this.#generation?.read() : undefined
    this.#count += 1
    this.#underWay = before
    this.#observer?.before()
    try {
      await commit()
      const after = before === undefined ? undefined : this.#generation?.read()
      if (before !== undefined && after === nextOf(before)) this.#generations.add(after)
    } finally {
      this.#underWay = undefined
      this.#observer?.after()
    }
  }

  /**
   * Whether an announced commit was one of ours; undefined while that is not known, because one is under way that may
   * be it. Each is asked for in their order, until it is known.
   */
  isOurs({ generation, processId, processName }: NftablesCommit): boolean | undefined {
    const isNext = this.#generations.delete(generation)
    if (processId !== undefined) {
      if (isNext) this.#learn(processId, processName)
      else if (this.#processes.has(processId) && this.#processes.get(processId) === processName) return true
    }
    if (isNext) return true
    return this.#underWay !== undefined && isAfter(generation, this.#underWay) ? undefined : false
  }

  /** Announcements were lost: the generations before will not be asked for. */
  forget(): void {
    this.#generations.clear()
  }

  #learn(processId: number, processName: string | undefined): void {
    this.#processes.set(processId, processName)
    const [oldest] = this.#processes.keys()
    if (this.#processes.size > PROCESSES && oldest !== undefined) this.#processes.delete(oldest)
  }
}

function nextOf(generation: number): number {
  return (generation + 1) >>> 0
}

/** Generations are 32 bits wide and begin anew behind the last. */
function isAfter(generation: number, other: number): boolean {
  return ((generation - other) | 0) > 0
}
