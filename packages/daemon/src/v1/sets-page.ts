/** What pages are made of. */
interface Listed {
  readonly element: string
}

export interface Page<Entry extends Listed> {
  readonly entries: readonly Entry[]
  /** The element behind which the next page begins; absent on the last one. */
  readonly next?: string
}

/**
 * The entries of a set that come next in the order of their texts, at most `limit`.
 *
 * The kernel lists a set in the order of its hash, which changes when the set grows, and cannot begin in the middle.
 * So every page is chosen out of all entries, of which never more than twice the limit are held: whatever changes
 * between two pages, an entry that stays is on exactly one of them.
 */
export async function pageOf<Entry extends Listed>(
  batches: AsyncIterable<readonly Entry[]>,
  wanted: (entry: Entry) => boolean,
  limit: number,
  after: string | undefined,
): Promise<Page<Entry>> {
  let held: Entry[] = []
  let last: string | undefined
  for await (const batch of batches) {
    for (const entry of batch) {
      if (after !== undefined && entry.element <= after) continue
      if (last !== undefined && entry.element >= last) continue
      if (wanted(entry)) held.push(entry)
    }
    if (held.length < 2 * limit + batch.length) continue
    // One more than the page, which tells that there is a next one.
    held = smallest(held, limit + 1)
    last = held.at(-1)?.element
  }
  const chosen = smallest(held, limit + 1)
  const entries = chosen.slice(0, limit)
  const next = chosen.length > limit ? entries.at(-1)?.element : undefined
  return next === undefined ? { entries } : { entries, next }
}

function smallest<Entry extends Listed>(entries: Entry[], count: number): Entry[] {
  return entries.sort(byElement).slice(0, count)
}

function byElement(one: Listed, other: Listed): number {
  return one.element < other.element ? -1 : one.element > other.element ? 1 : 0
}
