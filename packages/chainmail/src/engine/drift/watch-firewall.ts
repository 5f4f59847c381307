import type { BanSlot } from '../bans/ban-hooks.ts'
import type { FirewallDoors } from '../doors.ts'
import { type BanContents, BanPart } from './ban-part.ts'
import type { DesiredPart } from './desired-part.ts'
import { DriftWatch } from './drift-watch.ts'
import { AnnouncedChanges, ComparedChanges } from './kernel-changes.ts'
import { type DriftHandling, eventOf } from './notice.ts'

/** How drift is watched. */
export interface DriftOptions {
  /** `repair` if not said. Other programs' changes are told with each. */
  readonly handling?: DriftHandling
  /** Knows what the sets of bans should hold; without it, a set that was destroyed is made again empty. */
  readonly book?: BanContents
  /** What is looked after besides the bans. */
  readonly parts?: readonly DesiredPart[]
  /** Does not wait for the first reading of the rules, of which {@link DriftWatch.ready} tells. */
  readonly early?: boolean
}

/**
 * Watches the bans of a firewall, and what else is looked after.
 *
 * @param slots where bans stand
 */
export function watchFirewall(
  { backend, families, ipset, hooks, own, pipes, writer, events }: FirewallDoors,
  slots: () => readonly BanSlot[],
  options: DriftOptions,
): DriftWatch {
  const { book, parts = [] } = options
  const bans = new BanPart({ ipset, hooks, families, slots, ...(book === undefined ? {} : { book }) })
  return new DriftWatch({
    changes: backend === 'nft' ? new AnnouncedChanges(own) : new ComparedChanges(own, families),
    own,
    read: () =>
      writer.alone(async () => {
        const ownCommits = own.count
        const read = families.map(async (family) => [family, await pipes.list(family)] as const)
        return { listing: Object.fromEntries(await Promise.all(read)), ownCommits }
      }),
    // Asked each time: who gave the options may change his mind.
    get handling() {
      return options.handling ?? 'repair'
    },
    desired: [bans, ...parts],
    onNotice: (notice) => events.emit(eventOf(notice)),
  })
}
