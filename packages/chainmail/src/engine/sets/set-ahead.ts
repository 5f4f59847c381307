/**
 * Hashes that are made larger before the kernel has to.
 *
 * The kernel makes a hash anew within the add that finds its bucket full: 100 ms at 700,000 entries, and as long it
 * holds every other change of a set, and the event loop. So when single entries have filled a hash to where that comes
 * near, a copy with more buckets is made in another thread and swapped in, and entries go on being added meanwhile.
 */

import type { SetDoors } from './set-growth.ts'
import { widenHash } from './set-growth.ts'

/** Single adds before a set is looked at for the first time, so that a few of them cost nothing. */
const FIRST_LOOK = 256

/** How many sets are counted. */
const MOST_COUNTED = 1024

export class HashGrowth implements AsyncDisposable {
  readonly #doors: SetDoors
  /** How many entries may still come before a set is looked at. */
  readonly #left = new Map<string, number>()
  readonly #growing = new Map<string, Promise<void>>()
  #closed = false

  constructor(doors: SetDoors) {
    this.#doors = doors
  }

  /** Counts an entry that was added by itself. */
  added(name: string): void {
    const left = (this.#left.get(name) ?? FIRST_LOOK) - 1
    if (this.#left.size >= MOST_COUNTED) this.#left.clear()
    this.#left.set(name, left)
    if (left > 0 || this.#closed || this.#growing.has(name)) return
    const growing = this.#grow(name).finally(() => this.#growing.delete(name))
    this.#growing.set(name, growing)
  }

  /** Waits for the copies that are being made. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all(this.#growing.values())
  }

  async #grow(name: string): Promise<void> {
    try {
      this.#left.set(name, await widenHash(this.#doors, name))
    } catch {
      // Then the kernel makes it larger, as it does for everybody, and whoever adds entries is told what is wrong.
      this.#left.delete(name)
    }
  }
}
