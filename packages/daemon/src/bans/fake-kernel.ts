import {
  type BanPlace,
  type BanSlot,
  type BanTarget,
  type BookedBan,
  type CarvedWish,
  ChainmailError,
  contains,
  type HeldBan,
  type NetworkBlock,
  networkBlock,
  slotOf,
} from 'chainmail'
import { keyOf } from './ban-store.ts'
import type { KernelBans } from './kernel-bans.ts'

/** An entry of the fake. */
export interface FakeEntry {
  seconds: number | undefined
  reason: string | undefined
  readonly exempt?: true
}

/**
 * The ban sets of a kernel that a test can look into and break, by address, and the scope where it is not everything.
 * Time stands still in it.
 */
export class FakeKernel implements KernelBans {
  readonly families = ['ipv4', 'ipv6'] as const
  readonly longWork = undefined
  readonly entries = new Map<string, FakeEntry>()
  /** False after somebody else destroyed the sets. */
  present = false
  /** Addresses of which no entry stands in a set. */
  readonly allowed = new Set<string>()
  /** Addresses that the kernel refuses. */
  readonly refused = new Set<string>()
  restores = 0
  /** What the next restore fails with. */
  failure: Error | undefined
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  carve({ blocks }: BanTarget): CarvedWish {
    return { blocks, exempt: [], spared: undefined }
  }

  isAllowed({ address }: NetworkBlock): boolean {
    return this.allowed.has(address)
  }

  inPlace(): boolean {
    return this.present
  }

  slots(): BanSlot[] {
    return this.families.flatMap((family) =>
      (['everything', 'input', 'output', 'forward'] as const).map((kind) => ({ kind, family })),
    )
  }

  addNow(
    bans: readonly BookedBan[],
    _exempt: unknown,
    refused: (index: number, error: unknown) => void,
  ): void {
    if (bans.length === 0) return
    this.#mustBePresent()
    for (const [index, ban] of bans.entries()) {
      if (this.refused.has(ban.address)) refused(index, new ChainmailError('set-full', 'The set is full.'))
      else this.#add(ban)
    }
  }

  takeOut(place: BanPlace): 'absent' | 'taken' | 'covered' {
    if (!this.present || this.#verdict(place) !== true) return 'absent'
    this.entries.delete(keyOf(place))
    return this.#verdict(place) === true ? 'covered' : 'taken'
  }

  lookAt(place: BanPlace): 'absent' | 'taken' | 'covered' {
    const held = new Map(this.entries)
    try {
      return this.takeOut(place)
    } finally {
      this.entries.clear()
      for (const [key, entry] of held) this.entries.set(key, entry)
    }
  }

  deleteNow(place: BanPlace): void {
    this.entries.delete(keyOf(place))
  }

  async *batches(): AsyncGenerator<readonly HeldBan[], void> {
    const held: HeldBan[] = []
    for (const [key, { seconds, reason, exempt }] of this.entries) {
      if (exempt === true) continue
      const [address = '', scope = 'everything'] = key.split(' ')
      const { family } = networkBlock(address)
      held.push({
        address,
        family,
        scope: scope === 'input' ? scope : 'everything',
        place: { address, family, scope },
        packets: 0,
        bytes: 0,
        ...(seconds === undefined ? {} : { expiresIn: seconds }),
        ...(reason === undefined ? {} : { reason }),
      })
    }
    yield held
  }

  async restore(slots: readonly BanSlot[], bans: Iterable<BookedBan>): Promise<void> {
    this.restores += 1
    const { failure } = this
    if (failure !== undefined) {
      this.failure = undefined
      throw failure
    }
    this.entries.clear()
    const isMeant = (ban: BookedBan): boolean => {
      const { kind, family } = slotOf(ban)
      return slots.some((slot) => slot.kind === kind && slot.family === family)
    }
    for (const ban of bans) if (isMeant(ban)) this.#add(ban)
    this.present = true
  }

  #add(ban: BookedBan): void {
    const { until, reason, exempt } = ban
    const seconds = until === undefined ? undefined : Math.max(1, Math.ceil((until - this.#now()) / 1000))
    this.entries.set(keyOf(ban), { seconds, reason, ...(exempt ? { exempt } : {}) })
  }

  /** What the narrowest entry around a place says: true for banned, false for exempt. */
  #verdict({ address, scope }: BanPlace): boolean | undefined {
    const block = networkBlock(address)
    const found = [...this.entries].flatMap(([key, { exempt }]) => {
      const [around = '', where = 'everything'] = key.split(' ')
      const wider = networkBlock(around)
      return where === scope && contains(wider, block) ? [{ prefix: wider.prefix, exempt }] : []
    })
    const narrowest = found.toSorted((one, other) => other.prefix - one.prefix)[0]
    return narrowest === undefined ? undefined : narrowest.exempt !== true
  }

  #mustBePresent(): void {
    if (!this.present) throw new ChainmailError('set-not-found', 'There is no set chainmail-ban4.')
  }
}
