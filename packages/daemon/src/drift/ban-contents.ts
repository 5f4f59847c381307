import { type BanContents, type BanSlot, slotOf } from 'chainmail'
import type { BanBook } from '../bans/ban-book.ts'

/** Milliseconds: an entry that ends sooner is no sign of anything. */
const ENDING = 5_000

/** What the book of bans says the kernel's sets should hold. */
export function banContents(book: BanBook, now: () => number = Date.now): BanContents {
  return {
    *slots(): Generator<BanSlot> {
      for (const ban of book.bans.live(now())) yield slotOf(ban)
    },
    /** Of ports and interfaces an address is not the whole element. */
    *samples({ kind, family }: BanSlot): Generator<string> {
      if (kind === 'ports' || kind === 'interface' || !book.bans.hasAny(family, kind)) return
      const time = now()
      for (const ban of book.bans.live(time)) {
        const { address, until = Number.POSITIVE_INFINITY } = ban
        if (ban.exempt || ban.family !== family || ban.scope !== kind || until < time + ENDING) continue
        yield address
      }
    },
    restore: () =>
      book.alone(async () => {
        await book.open()
      }),
  }
}
