import type { BanPlace, BookedBan } from 'chainmail'
import { type BanStore, keyOf, type Undo } from './ban-store.ts'
import type { KernelBans } from './kernel-bans.ts'

/** What a turn of the book has changed, and how to take it back. */
export class BanTurn {
  readonly #undo: Undo[] = []
  readonly #touched = new Map<string, BanPlace>()
  readonly #answers: (() => void)[] = []

  /** A change of the store. */
  stored(undo: Undo): void {
    this.#undo.push(undo)
  }

  /** A place of which the kernel may hold something else than before. */
  touch(place: BanPlace): void {
    this.#touched.set(keyOf(place), place)
  }

  /** Tells a caller how it went, once the disk has it. */
  answer(tell: () => void): void {
    this.#answers.push(tell)
  }

  /** Makes what another turn has done a part of this one. */
  include(other: BanTurn): void {
    this.#undo.push(...other.#undo)
    for (const [key, place] of other.#touched) this.#touched.set(key, place)
    this.#answers.push(...other.#answers)
  }

  done(): void {
    for (const tell of this.#answers) tell()
  }

  /**
   * Takes everything back: first in the store, then the kernel's entries as the store says them.
   * @throws what the kernel refuses
   */
  takeBack(written: boolean, bans: BanStore, kernel: KernelBans, now: number): void {
    for (const undo of this.#undo.toReversed()) undo(written)
    const known: BookedBan[] = []
    const exempt: BookedBan[] = []
    for (const place of this.#touched.values()) {
      const ban = bans.get(place, now)
      if (ban === undefined) kernel.deleteNow(place)
      else if (ban.exempt) exempt.push(ban)
      else known.push(ban)
    }
    const add = (some: readonly BookedBan[]): void =>
      kernel.addNow(some, [], (_, error) => {
        throw error
      })
    add(known)
    for (const ban of exempt) {
      const found = kernel.lookAt(ban)
      if (found === 'covered') add([ban])
      // Nothing around it is banned any more: it would free its network of a ban that comes later.
      else if (found === 'taken') kernel.deleteNow(ban)
    }
  }
}
