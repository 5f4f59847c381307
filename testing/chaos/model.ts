/** What stands under a name in the kernel, or in the store. */
export interface Held {
  readonly text: string
  /** Milliseconds since 1970, as near as the one who asked for it can know; absent for ever. */
  readonly until?: number
}

export type State = ReadonlyMap<string, Held>

/** Names, and what should stand there when the change is made; undefined for nothing. */
export type Changes = ReadonlyMap<string, Held | undefined>

/** A change that was asked for: all of it is made, or nothing. */
export interface Step {
  /** The answer said that it is made. */
  made(): void
}

/** What was found, once everything under way was either made or not. */
export interface Verdict {
  /** One sentence for each thing that is not as it has to be. */
  readonly faults: readonly string[]
  /** Of the changes that were under way, those that the kernel has, and those that it has not. */
  readonly made: number
  readonly notMade: number
}

/** Milliseconds by which the end of something may differ: a busy machine, and the whole seconds of timeouts. */
const TOLERANCE = 60_000

/** Characters of a text that are shown. */
const SHOWN = 160

interface UnderWay {
  readonly changes: Changes
}

/**
 * What the kernel has to hold, as told by the answers alone: what was acknowledged, and what was asked for and not
 * answered yet. No two changes under way may be of the same name.
 */
export class Model {
  readonly #settled = new Map<string, Held>()
  readonly #underWay = new Set<UnderWay>()
  #acknowledged = 0

  /** How many changes were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** What has to stand under a name, as far as is known. */
  get(name: string): Held | undefined {
    return this.#settled.get(name)
  }

  /** A change is asked for. */
  begin(changes: Changes): Step {
    const step: UnderWay = { changes }
    this.#underWay.add(step)
    return {
      made: () => {
        this.#underWay.delete(step)
        this.#acknowledged++
        this.#settle(changes)
      },
    }
  }

  /**
   * Compares with what is there after a restart, and goes on from it: what was under way is made or not from now on.
   */
  settle(seen: State): Verdict {
    const faults: string[] = []
    let made = 0
    for (const { changes } of this.#underWay) {
      const names = [...changes.keys()]
      const isMade = names.every((name) => isSame(changes.get(name), seen.get(name)))
      if (!isMade && !names.every((name) => isSame(this.#settled.get(name), seen.get(name))))
        faults.push(`half done: ${names.map((name) => this.#difference(name, seen)).join('; ')}`)
      if (!isMade) continue
      made++
      this.#settle(changes)
    }
    const notMade = this.#underWay.size - made
    this.#underWay.clear()
    faults.push(...this.differences(seen))
    return { faults, made, notMade }
  }

  /** What is not as it was acknowledged, but for what is under way. @param concerns which names are looked at */
  differences(seen: State, concerns: (name: string, held: Held) => boolean = () => true): string[] {
    const open = new Set([...this.#underWay].flatMap(({ changes }) => [...changes.keys()]))
    const faults: string[] = []
    for (const [name, held] of this.#settled)
      if (!open.has(name) && concerns(name, held) && !isSame(held, seen.get(name)))
        faults.push(this.#difference(name, seen))
    for (const [name, held] of seen)
      if (!open.has(name) && !this.#settled.has(name))
        faults.push(`${name} holds ${shown(held)}, which nobody asked for`)
    return faults
  }

  #settle(changes: Changes): void {
    for (const [name, held] of changes) {
      if (held === undefined) this.#settled.delete(name)
      else this.#settled.set(name, held)
    }
  }

  #difference(name: string, seen: State): string {
    return `${name} should hold ${shown(this.#settled.get(name))}, and holds ${shown(seen.get(name))}`
  }
}

function isSame(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if (one.text !== other.text) return false
  if (one.until === undefined || other.until === undefined) return one.until === other.until
  return Math.abs(one.until - other.until) <= TOLERANCE
}

function shown(held: Held | undefined): string {
  if (held === undefined) return 'nothing'
  const { text, until } = held
  const words = text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text
  return until === undefined
    ? JSON.stringify(words)
    : `${JSON.stringify(words)} until ${new Date(until).toISOString()}`
}
