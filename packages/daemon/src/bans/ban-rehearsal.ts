import { BanRecorder } from '../history/ban-recorder.ts'
import type { Operations } from '../history/revision.ts'
import type { Store } from '../store.ts'
import { BanChanges } from './ban-changes.ts'
import type { BanRequest, UnbanRequest } from './ban-request.ts'
import type { BanStore } from './ban-store.ts'
import { BanTurn } from './ban-turn.ts'
import { type KernelBans, lookingAt } from './kernel-bans.ts'

/** Ends the transaction of what is only told of. */
class Rehearsed extends Error {}

/**
 * Finds out what bans would come to: they are made, and taken back, in a transaction of the store that is rolled back,
 * beside a kernel that is only looked at, within one call. The way back is the one of a store that fails. What the kernel
 * alone would refuse, such as an entry of a set that is full, is not found.
 */
export class BanRehearsal {
  readonly #kernel: KernelBans
  readonly #bans: BanStore
  readonly #store: Store

  constructor(kernel: KernelBans, bans: BanStore, store: Store) {
    this.#kernel = lookingAt(kernel)
    this.#bans = bans
    this.#store = store
  }

  /** Answers the request with what would become of it, and says what would have changed. */
  run(request: BanRequest | UnbanRequest, now: number): Pick<Operations, 'bans'> {
    const turn = new BanTurn()
    const recorder = new BanRecorder()
    const changes = new BanChanges(this.#kernel, this.#bans)
    let operations: Pick<Operations, 'bans'> = {}
    const work = (): never => {
      this.#bans.watch(recorder.watcher(request.origin), () => {
        if (request.do === 'ban') changes.ban([request], turn, now)
        else changes.unban(request, turn, now)
      })
      operations = recorder.operations()
      throw new Rehearsed()
    }
    try {
      this.#store.groups.stage(work, { done: () => undefined, fail: () => undefined })
    } catch (error) {
      turn.takeBack(false, this.#bans, this.#kernel, now)
      this.#store.groups.commit()
      if (!(error instanceof Rehearsed)) throw error
    }
    turn.done()
    return operations
  }
}
