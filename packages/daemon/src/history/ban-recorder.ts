import type { BookedBan } from 'chainmail'
import type { BanWatcher } from '../bans/ban-store.ts'
import type { History, Recorded } from './history.ts'
import type { Change, Operations, Origin } from './revision.ts'

/** What one who asked has changed. */
interface Part {
  readonly origin: Origin
  readonly changes: Map<string, Change<BookedBan>>
}

/**
 * Notes what changes of the bans within one transaction, which may be those of many requests: all that one and the same
 * has asked for by one door is one revision, however many bans there are.
 */
export class BanRecorder {
  readonly #parts = new Map<string, Part>()
  readonly #revisions = new Map<string, Recorded>()

  /** What is told to the store for the work of one who asks. */
  watcher(origin: Origin): BanWatcher {
    const key = originKey(origin)
    const part = this.#parts.get(key) ?? { origin, changes: new Map() }
    this.#parts.set(key, part)
    return (before, after) => {
      const place = after ?? before
      if (place === undefined) return
      const key = `${place.address} ${place.scope}`
      const earlier = part.changes.get(key)
      part.changes.set(key, { before: earlier === undefined ? before : earlier.before, after })
    }
  }

  /** All that was noted, as a part of a revision of something else. */
  operations(): Pick<Operations, 'bans'> {
    const bans = Array.from(this.#parts.values(), changesOf).flat()
    return bans.length === 0 ? {} : { bans }
  }

  /** Keeps the revisions, inside the transaction. */
  record(history: History): readonly Recorded[] {
    for (const [key, part] of this.#parts) {
      const { origin } = part
      const bans = changesOf(part)
      if (bans.length > 0)
        this.#revisions.set(key, history.record({ origin, what: 'bans', operations: { bans } }))
    }
    return [...this.#revisions.values()]
  }

  /** The number of what one who asked has changed; undefined where nothing was. */
  revisionOf(origin: Origin): number | undefined {
    return this.#revisions.get(originKey(origin))?.number
  }
}

/** What was taken back within the same transaction is no change. */
function changesOf({ changes }: Part): Change<BookedBan>[] {
  return [...changes.values()].filter(({ before, after }) => before !== after)
}

/** Equal for those whose changes may be one revision. */
export function originKey({ who, door, why, what, probation }: Origin): string {
  // No other key begins with the name of a door.
  if (why === undefined && what === undefined && probation === undefined) return `${door} ${who}`
  return JSON.stringify([who, door, why, what, probation])
}
