import { Pace } from '@chainmail/kernel'
import type { HeldBan } from 'chainmail'
import type { BanBook } from '../bans/ban-book.ts'
import { keyOf, type NumberedBan } from '../bans/ban-store.ts'
import { heldDocument } from './ban-words.ts'
import { type BanCursor, type BanQuery, banFilter, writeCursor } from './bans-filter.ts'
import { pageOf } from './sets-page.ts'

/** Bans that are looked at without a look at the clock. */
const PACED = 256

export interface BanPage {
  readonly bans: readonly ReturnType<typeof heldDocument>[]
  readonly next: string | undefined
}

/**
 * The bans that come next, at most `limit`: those of the book, the oldest first, then those that others have put into
 * the sets. What packets they have dropped only a look at the whole set tells, which each page takes.
 */
export async function banPage(
  { bans, kernel }: BanBook,
  query: BanQuery,
  cursor: BanCursor,
  limit: number,
): Promise<BanPage> {
  const wanted = banFilter(query)
  const booked: NumberedBan[] = []
  if (cursor.in === 'book') {
    const pace = new Pace()
    let after: number | undefined = cursor.after
    while (after !== undefined) {
      after = collect(after)
      await pace.step()
    }
  }
  const more = booked.length > limit
  const shown = booked.slice(0, limit)
  const held = new Map<string, HeldBan | undefined>(shown.map(({ ban }) => [keyOf(ban), undefined]))
  const room = more ? 0 : limit - shown.length
  const others = await pageOf(
    foreign(),
    () => true,
    Math.max(1, room),
    cursor.in === 'kernel' ? cursor.after : undefined,
  )

  const now = Date.now()
  const documents = []
  for (const { ban } of shown) {
    const found = held.get(keyOf(ban))
    if (found !== undefined) documents.push(heldDocument(found, found.place, bans, now))
  }
  if (room > 0) for (const { ban } of others.entries) documents.push(heldDocument(ban, ban.place, bans, now))
  return { bans: documents, next: next() }

  /** @returns behind which number to go on, until there is one more than the page needs */
  function collect(after: number): number | undefined {
    let looked = 0
    for (const row of bans.behind(after, Date.now())) {
      if (wanted(row.ban)) booked.push({ id: row.id, ban: row.ban })
      if (booked.length > limit) return undefined
      if (++looked === PACED) return row.id
    }
    return undefined
  }

  async function* foreign(): AsyncGenerator<readonly { element: string; ban: HeldBan }[], void> {
    for await (const batch of kernel.batches()) {
      const found: { element: string; ban: HeldBan }[] = []
      for (const ban of batch) {
        const element = keyOf(ban.place)
        if (held.has(element)) held.set(element, ban)
        else if (!more && bans.get(ban.place, Date.now()) === undefined && wanted(candidateOf(ban)))
          found.push({ element, ban })
      }
      yield found
    }
  }

  function next(): string | undefined {
    if (more) return writeCursor({ in: 'book', after: shown.at(-1)?.id ?? 0 })
    if (room === 0)
      return others.entries.length > 0 ? writeCursor({ in: 'kernel', after: undefined }) : undefined
    return others.next === undefined ? undefined : writeCursor({ in: 'kernel', after: others.next })
  }
}

/** All bans that the kernel holds, in its order, a line each. */
export async function* banLines({ bans, kernel }: BanBook, query: BanQuery): AsyncGenerator<string, void> {
  const wanted = banFilter(query)
  for await (const batch of kernel.batches()) {
    const now = Date.now()
    let text = ''
    for (const ban of batch) {
      if (wanted(bans.get(ban.place, now) ?? candidateOf(ban)))
        text += `${JSON.stringify(heldDocument(ban, ban.place, bans, now))}\n`
    }
    if (text !== '') yield text
  }
}

function candidateOf({ place, reason, who }: HeldBan) {
  return { ...place, reason, who }
}
