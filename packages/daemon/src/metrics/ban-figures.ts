import { type Family, Pace } from '@chainmail/kernel'
import { banSetName, networkBlock, slotOf } from 'chainmail'
import type { BanBook } from '../bans/ban-book.ts'

/** What the store says of the bans. */
export interface BanFigures {
  /** How many are in force, without those that exempt. */
  readonly bans: Readonly<Record<Family, number>>
  /** By set, how many entries it should have. */
  readonly entries: ReadonlyMap<string, number>
}

/** Bans that are looked at without a look at the clock. */
const PACED = 1_024

/** Counts what should be; does not hold the event loop, so that what changes meanwhile may count or not. */
export async function banFigures(
  { bans: store, kernel }: Pick<BanBook, 'bans' | 'kernel'>,
  now: number,
): Promise<BanFigures> {
  const bans = { ipv4: 0, ipv6: 0 }
  const places = new Map<string, { readonly family: Family; readonly scope: string; count: number }>()
  const pace = new Pace()
  let seen = 0
  for (const { address, family, scope, exempt } of store.live(now)) {
    if (!exempt) bans[family]++
    else {
      // One around which nothing is banned any more, or all is exempt, is in no set, nor is one of what is allowed.
      const block = networkBlock(address)
      if (!store.isHeld(block, scope, now) || kernel.isAllowed(block)) continue
    }
    const key = scope === 'everything' ? family : `${family} ${scope}`
    const place = places.get(key)
    if (place === undefined) places.set(key, { family, scope, count: 1 })
    else place.count++
    if (++seen % PACED === 0) await pace.step()
  }
  const entries = new Map<string, number>()
  for (const { family, scope, count } of places.values()) {
    const set = banSetName(slotOf({ family, scope }).kind, family)
    entries.set(set, (entries.get(set) ?? 0) + count)
  }
  return { bans, entries }
}
