import { type Ipset, KernelError, type SetEntry } from '@chainmail/kernel'

/**
 * The entries of a set, hundreds at a time and without holding the event loop; none where there is no such set. Until
 * the loop has ended, the set cannot be destroyed or swapped; what changes meanwhile may show or not.
 */
export async function* entryBatches(ipset: Ipset, set: string): AsyncGenerator<readonly SetEntry[], void> {
  try {
    yield* ipset.entryBatches(set)
  } catch (error) {
    if (!isAbsence(error)) throw error
  }
}

/** Whether there was no such set. */
export function isAbsence(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'set-not-found'
}
