import {
  type EntryRequest,
  type Family,
  type Ipset,
  maximumTimeout,
  Pace,
  type SetEntry,
} from '@chainmail/kernel'
import { CommitFigures } from '../../distribution.ts'
import { contains, type NetworkBlock, networkBlock } from '../../network.ts'
import { TimeTexts } from '../../time-texts.ts'
import type { TouchedEntries } from '../probation/journal.ts'
import { touchedEntries } from '../probation/touched-sets.ts'
import { entryBatches, isAbsence } from '../sets/entry-batches.ts'
import { fillAside } from '../sets/set-content.ts'
import { AllowSnapshot } from './allow-snapshot.ts'
import type { AllowedNetworks } from './allowed-networks.ts'
import { type Ban, banOf } from './ban.ts'
import { carveTarget } from './ban-carving.ts'
import { fittingBanComment } from './ban-comment.ts'
import { type BanExemptions, elementOf, unbannedEntry } from './ban-exemptions.ts'
import type { BanHooks, BanSlot } from './ban-hooks.ts'
import type { BanTarget } from './ban-wish.ts'
import { banSetName, parseScope, type Scope } from './scope.ts'
import { elementScope, readScope } from './scope-text.ts'

/** Bans that are looked at without a look at the clock. */
const PACED = 256

/** The name of one entry: a network, and what its ban keeps away, in one word such as `everything` or `tcp:22`. */
export interface BanPlace {
  /** In canonical form. */
  readonly address: string
  readonly family: Family
  readonly scope: string
}

/** One entry of the sets of bans, as a book has it. Times are milliseconds since 1970. */
export interface BookedBan extends BanPlace {
  readonly since: number
  /** undefined: for ever. */
  readonly until: number | undefined
  readonly reason: string | undefined
  readonly who: string | undefined
  /** It frees its network of the wider bans around it. */
  readonly exempt: boolean
}

/** A ban that the kernel holds, with the word of its scope. */
export interface HeldBan extends Ban {
  readonly place: BanPlace
}

/** A ban that was asked for, and what it is made of. */
export interface CarvedWish {
  readonly blocks: readonly NetworkBlock[]
  /** Entries for allowed networks inside, which go before its own. */
  readonly exempt: readonly EntryRequest[]
  /** The address of who asks lies inside and has to be exempt. */
  readonly spared: NetworkBlock | undefined
}

const plainTail = { text: '' } as const

export interface BookedBansParts {
  readonly ipset: Ipset
  readonly hooks: BanHooks
  readonly allowed: AllowedNetworks
  readonly exemptions: BanExemptions
  readonly families: readonly Family[]
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * The sets of bans for somebody who keeps a book of them, such as a daemon: the book decides what stands in them, and
 * gets every step within the call, so that it can be taken back with the book's own.
 */
export class BookedBans {
  readonly #parts: BookedBansParts
  readonly #times = new TimeTexts()
  /** Of entries that were put into the sets; a size is a number of entries. */
  readonly figures = new CommitFigures()

  constructor(parts: BookedBansParts) {
    this.#parts = parts
  }

  get families(): readonly Family[] {
    return this.#parts.families
  }

  /** While it is there, calls would wait inside themselves for the kernel; see `Ipset`. */
  get longWork(): Promise<void> | undefined {
    return this.#parts.ipset.longWork
  }

  /**
   * Leaves what is allowed out of a ban. The address of who asks for it counts as allowed.
   *
   * @throws ChainmailError `address-allowed`
   */
  carve(target: BanTarget, asker: string | undefined): CarvedWish {
    const { allowed, exemptions } = this.#parts
    const excepted = target.options.exceptAllowed === true
    const { blocks, exempt, refusal } = carveTarget(target, allowed.snapshot(), exemptions)
    if (refusal !== undefined && (!excepted || blocks.length === 0)) throw refusal
    const spared = asker === undefined ? undefined : networkBlock(asker)
    if (spared === undefined || !blocks.some((block) => contains(block, spared)))
      return { blocks, exempt, spared: undefined }
    const own = { ...spared, reason: 'this request comes from it', origin: 'default' } as const
    const also = carveTarget({ ...target, blocks }, new AllowSnapshot([own]), exemptions)
    if (also.refusal !== undefined && (!excepted || also.blocks.length === 0)) throw also.refusal
    return { blocks: also.blocks, exempt, spared }
  }

  /** Whether the whole of a network is allowed, so that neither a ban nor an exemption of it stands in any set. */
  isAllowed(block: NetworkBlock): boolean {
    return this.#parts.allowed.snapshot().covering(block) !== undefined
  }

  /** What changes of the book touch of the sets, for who may have to take them back. */
  touchedBy(
    changes: Iterable<{ readonly before?: BookedBan | undefined; readonly after?: BookedBan | undefined }>,
  ): readonly TouchedEntries[] {
    const now = this.#parts.now()
    const sets = new Map<string, { readonly come: EntryRequest[]; readonly before: SetEntry[] }>()
    for (const { before, after } of changes) {
      const place = after ?? before
      if (place === undefined) continue
      const name = setOf(place)
      const set = sets.get(name) ?? { come: [], before: [] }
      sets.set(name, set)
      set.come.push(entryOf(place, now, this.#times))
      if (before !== undefined && (before.until === undefined || before.until > now))
        set.before.push(entryOf(before, now, this.#times))
    }
    return Array.from(sets, ([name, { come, before }]) => touchedEntries(name, come, before))
  }

  /** Whether the sets are there and their rules look them up: microseconds for each. */
  inPlace(slots: Iterable<BanSlot>): boolean {
    for (const slot of slots) if (!this.#parts.hooks.inPlace(slot)) return false
    return true
  }

  /** The sets of bans that there are. */
  slots(): BanSlot[] {
    return this.#parts.exemptions.slots()
  }

  /** Puts entries into the sets, or renews them; hundreds in a message. Those that are refused are told by their index. */
  addNow(
    bans: readonly BookedBan[],
    exempt: readonly { readonly slot: BanSlot; readonly entry: EntryRequest }[],
    refused: (index: number, error: unknown) => void,
  ): void {
    if (bans.length === 0 && exempt.length === 0) return
    const began = performance.now()
    this.#add(bans, exempt, refused)
    this.figures.committed(bans.length + exempt.length, began)
  }

  #add(...[bans, exempt, refused]: Parameters<BookedBans['addNow']>): void {
    const { ipset, now } = this.#parts
    for (const { slot, entry } of exempt)
      ipset.add(banSetName(slot.kind, slot.family), entry, { exists: 'ignore' })
    const time = now()
    const [only, ...more] = bans
    if (only !== undefined && more.length === 0) {
      try {
        ipset.add(setOf(only), entryOf(only, time, this.#times), { exists: 'ignore' })
      } catch (error) {
        refused(0, error)
      }
      return
    }
    const sets = new Map<string, { readonly entries: EntryRequest[]; readonly indexes: number[] }>()
    for (const [index, ban] of bans.entries()) {
      const name = setOf(ban)
      let set = sets.get(name)
      if (set === undefined) {
        set = { entries: [], indexes: [] }
        sets.set(name, set)
      }
      set.entries.push(entryOf(ban, time, this.#times))
      set.indexes.push(index)
    }
    for (const [name, { entries, indexes }] of sets) {
      const onError = (error: Error & { line?: number | undefined }): void => {
        const index = indexes[error.line ?? -1]
        if (index === undefined) throw error
        refused(index, error)
      }
      try {
        ipset.addMany(name, entries, { exists: 'ignore', onError })
      } catch (error) {
        for (const index of indexes) refused(index, error)
      }
    }
  }

  /**
   * Takes exactly this ban out.
   *
   * @returns `absent` when nothing held the network; `covered` when wider bans still do
   */
  takeOut({ address, family, scope }: BanPlace): 'absent' | 'taken' | 'covered' {
    const { kind, tail } = placed(scope)
    try {
      return this.#parts.exemptions.takeOut({ kind, family }, networkBlock(address), tail)
    } catch (error) {
      if (isAbsence(error)) return 'absent'
      throw error
    }
  }

  /** What {@link takeOut} would find; nothing is taken out. Some hundred microseconds. */
  lookAt({ address, family, scope }: BanPlace): 'absent' | 'taken' | 'covered' {
    const { kind, tail } = placed(scope)
    try {
      return this.#parts.exemptions.lookAt({ kind, family }, networkBlock(address), tail)
    } catch (error) {
      if (isAbsence(error)) return 'absent'
      throw error
    }
  }

  /** Takes an entry out, whatever it is. */
  deleteNow(place: BanPlace): void {
    const { tail } = placed(place.scope)
    try {
      this.#parts.ipset.del(setOf(place), elementOf(networkBlock(place.address), tail), { exists: 'ignore' })
    } catch (error) {
      if (!isAbsence(error)) throw error
    }
  }

  /**
   * Makes these sets hold exactly these bans, without what is allowed, and puts the rules in place; no packet sees fewer
   * of those that were and are banned, and the event loop is not held.
   */
  async restore(slots: readonly BanSlot[], bans: Iterable<BookedBan>): Promise<void> {
    const { ipset, hooks, allowed, families } = this.#parts
    const served = slots.filter(({ family }) => families.includes(family))
    const contents = new Map(
      served.map(({ kind, family }): [string, BookedBan[]] => [banSetName(kind, family), []]),
    )
    const snapshot = allowed.snapshot()
    const pace = new Pace()
    let seen = 0
    for (const ban of bans) {
      if (++seen % PACED === 0) await pace.step()
      contents.get(setOf(ban))?.push(ban)
    }
    for (const slot of served) {
      hooks.createSet(slot)
      const name = banSetName(slot.kind, slot.family)
      const own = contents.get(name) ?? []
      // Made while they are sent: what lives so shortly costs the collector nothing.
      await fillAside(ipset, name, this.#entriesOf(own, snapshot), own.length)
    }
    await hooks.ensure(served)
  }

  *#entriesOf(bans: readonly BookedBan[], snapshot: AllowSnapshot): Generator<EntryRequest> {
    const { exemptions, now } = this.#parts
    for (const ban of bans) {
      const { kind, tail } = placed(ban.scope)
      const target = {
        text: ban.address,
        blocks: [networkBlock(ban.address)],
        scope: { kind, tails: [tail], asGiven: 'everything' },
      } as const
      const { blocks, exempt } = carveTarget(target, snapshot, exemptions)
      if (!ban.exempt) yield* exempt
      if (blocks.length > 0) yield entryOf(ban, now(), this.#times, tail)
    }
  }

  /** Every entry that bans, hundreds at a time. */
  async *batches(): AsyncGenerator<readonly HeldBan[], void> {
    const { ipset, exemptions, now } = this.#parts
    for (const slot of exemptions.slots()) {
      const { kind, family } = slot
      for await (const batch of entryBatches(ipset, banSetName(kind, family))) {
        const time = now()
        const held: HeldBan[] = []
        for (const entry of batch) {
          if (!exemptions.settleEntry(slot, entry)) continue
          const ban = banOf(entry, kind, family, time)
          const { address } = ban
          const text = entry.element.slice(address.length)
          const tail = entry.wildcard === true ? ({ text, wildcard: true } as const) : { text }
          held.push({ ...ban, place: { address, family, scope: elementScope(kind, tail) } })
        }
        yield held
      }
    }
  }
}

/** The slot of a place. */
export function slotOf({ family, scope }: Pick<BanPlace, 'family' | 'scope'>): BanSlot {
  return { kind: placed(scope).kind, family }
}

function setOf({ family, scope }: BanPlace): string {
  return banSetName(placed(scope).kind, family)
}

/** The scope of one element. */
function placed(scope: string): { readonly kind: Scope['kind']; readonly tail: Scope['tails'][number] } {
  if (scope === 'everything') return everything
  const { kind, tails } = parseScope(readScope(scope))
  return { kind, tail: tails[0] ?? plainTail }
}

const everything = { kind: 'everything', tail: plainTail } as const

/** A ban that is longer than a timeout of the kernel gets none, and its end in its comment: see bans.ts. */
function entryOf(
  { address, scope, since, until, reason, who, exempt }: BookedBan,
  now: number,
  times: TimeTexts,
  tail = placed(scope).tail,
): SetEntry {
  const seconds = until === undefined ? 0 : Math.max(1, Math.ceil((until - now) / 1000))
  const isLong = seconds > maximumTimeout
  const timeout = isLong ? 0 : seconds
  if (exempt) return unbannedEntry(networkBlock(address), tail, timeout)
  const comment = fittingBanComment({ reason, who, since, until: isLong ? until : undefined }, times)
  const element = address + tail.text
  return tail.wildcard === undefined
    ? { element, timeout, comment }
    : { element, wildcard: tail.wildcard, timeout, comment }
}
