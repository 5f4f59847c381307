import { storeFailed } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Undo } from './ban-store.ts'

/**
 * Runs the work in one transaction of the store, or of the history that is kept in it.
 *
 * @param undo how to take back what the work has changed beside the store, in its order; the work adds to it
 * @throws DaemonError `store-failed`, with everything as it was
 */
export function inTransaction<Result>(
  store: Pick<Store, 'transaction'>,
  undo: readonly Undo[],
  work: () => Result,
): Result {
  try {
    return store.transaction(work)
  } catch (error) {
    for (const one of undo.toReversed()) one(false)
    throw storeFailed(error)
  }
}
