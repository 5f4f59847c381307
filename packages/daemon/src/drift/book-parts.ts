import type { Family } from '@chainmail/kernel'
import type { DesiredPart, Difference } from 'chainmail'
import type { AllowBook } from '../bans/allow-book.ts'
import type { BanBook } from '../bans/ban-book.ts'
import type { EntryBook } from '../rfw/entry-book.ts'

/** Milliseconds between two looks at the whole allowlist, which the kernel is asked for twice a second at most. */
const COMPARED_EVERY = 250

/** The entries of the allowlist that the store remembers. */
export function allowPart(allowlist: AllowBook, bans: BanBook): DesiredPart {
  let comparedAgainAt = 0
  return {
    name: 'allowlist',
    families: ['ipv4', 'ipv6'],
    glance(): boolean {
      const now = performance.now()
      if (now < comparedAgainAt) return false
      comparedAgainAt = now + COMPARED_EVERY
      return allowlist.missing().length > 0
    },
    async check(): Promise<Difference | undefined> {
      const families = new Set<Family>()
      // A change that is being made is in the store and in the kernel one after the other.
      await bans.alone(async () => {
        for (const { family } of allowlist.missing()) families.add(family)
      })
      if (families.size === 0) return undefined
      return {
        chains: [],
        sets: Array.from(families, (family) => ({ name: `allowlist ${family}`, do: 'empty' })),
      }
    },
    repair: () => bans.alone(async () => allowlist.open()),
  }
}

/** What the requests of the rfw protocol have made. */
export function entryPart(entries: EntryBook): DesiredPart {
  return {
    name: 'rfw entries',
    families: entries.families,
    check: () => entries.drift(),
    repair: () => entries.repair(),
  }
}
