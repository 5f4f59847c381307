import {
  type EntryRequest,
  type Family,
  type Ipset,
  KernelError,
  maximumTimeout,
  type SetEntry,
} from '@chainmail/kernel'
import { contains, isSingle, type NetworkBlock, networkBlock, widened } from '../../network.ts'
import { entryBatches } from '../sets/entry-batches.ts'
import type { AllowedNetworks } from './allowed-networks.ts'
import { readBanComment } from './ban-comment.ts'
import type { BanSlot } from './ban-hooks.ts'
import { banSetName, type ElementTail, readElement, scopeDefinitions, scopeKinds } from './scope.ts'

/** The comments of our exemptions; what bears another one is somebody else's. */
const ALLOWED_COMMENT = 'chainmail: allowed'
const UNBANNED_COMMENT = 'chainmail: unbanned'

/**
 * What is free inside of banned networks: entries that are marked `nomatch`. The kernel goes by the longest prefix,
 * so that an exemption frees its network, a ban inside of it holds again, and the rest stays banned.
 *
 * 1. An address that was unbanned is exempt as long as the wider bans around it last.
 * 2. An allowed address is exempt until it leaves the allowlist.
 * 3. An exemption that has nothing around it any more goes away at the next {@link settle}: it would free its
 *    network of a ban that comes later.
 */
export class BanExemptions {
  readonly #ipset: Ipset
  readonly #allowed: AllowedNetworks
  readonly #families: readonly Family[]
  readonly #now: () => number

  constructor(ipset: Ipset, allowed: AllowedNetworks, families: readonly Family[], now: () => number) {
    this.#ipset = ipset
    this.#allowed = allowed
    this.#families = families
    this.#now = now
  }

  /** The sets of bans that there are. */
  slots(): BanSlot[] {
    const names = new Set(this.#ipset.names())
    return this.#families.flatMap((family) =>
      scopeKinds.filter((kind) => names.has(banSetName(kind, family))).map((kind) => ({ kind, family })),
    )
  }

  /**
   * Whether the network as a whole is banned: of an address, what a packet finds; of a network, whether it or the
   * narrowest network around it that the set knows is banned. Microseconds for an address, some hundred for a network.
   */
  isBanned(set: string, block: NetworkBlock, tail: ElementTail): boolean {
    if (isSingle(block)) return this.#ipset.test(set, elementOf(block, tail))
    return this.#verdict(set, block, tail) ?? this.#isCovered(set, block, tail)
  }

  /** Takes a ban back, and exempts its network where wider bans hold it. @returns whether it was banned */
  async free(slot: BanSlot, block: NetworkBlock, tail: ElementTail): Promise<boolean> {
    const found = this.takeOut(slot, block, tail)
    if (found === 'covered') await this.#exempt(slot, block, tail)
    return found !== 'absent'
  }

  /** What {@link takeOut} would find, without taking anything out. */
  lookAt({ kind, family }: BanSlot, block: NetworkBlock, tail: ElementTail): 'absent' | 'taken' | 'covered' {
    const set = banSetName(kind, family)
    if (!this.isBanned(set, block, tail)) return 'absent'
    return this.#isCovered(set, block, tail) ? 'covered' : 'taken'
  }

  /** Takes exactly this ban out within the call, and says whether wider ones still hold its network. */
  takeOut({ kind, family }: BanSlot, block: NetworkBlock, tail: ElementTail): 'absent' | 'taken' | 'covered' {
    const set = banSetName(kind, family)
    if (!this.isBanned(set, block, tail)) return 'absent'
    const single = isSingle(block)
    if (single || this.#verdict(set, block, tail) === true)
      this.#ipset.del(set, elementOf(block, tail), { exists: 'ignore' })
    const covered = single ? this.isBanned(set, block, tail) : this.#isCovered(set, block, tail)
    return covered ? 'covered' : 'taken'
  }

  /** What stands behind the addresses of the bans that hold a network, each once; nothing in a plain set. */
  async tails({ kind, family }: BanSlot, block: NetworkBlock): Promise<readonly ElementTail[]> {
    if (scopeDefinitions[kind].type === 'hash:net') return [{ text: '' }]
    const tails = new Map<string, ElementTail>()
    await this.#visit({ kind, family }, (entry, around, tail) => {
      if (entry.nomatch !== true && contains(around, block)) tails.set(entry.element, tail)
    })
    const unique = new Map([...tails.values()].map((tail) => [`${tail.text} ${tail.wildcard}`, tail]))
    return [...unique.values()]
  }

  /** The entries that leave allowed networks out of a ban; put before it, no packet finds them banned. */
  forAllowed(block: NetworkBlock, tail: ElementTail): EntryRequest[] {
    return this.#allowed
      .snapshot()
      .overlapping(block)
      .map((allowed) => exemption(allowed, tail, 0, ALLOWED_COMMENT))
  }

  /** Makes the bans in place give way to networks that are allowed from now on. */
  async admit(blocks: readonly NetworkBlock[]): Promise<void> {
    for (const slot of this.slots()) {
      for (const block of blocks) if (block.family === slot.family) await this.#admit(slot, block)
    }
  }

  /**
   * Gives bans whose end comes within a timeout of the kernel their timeout, takes out those whose end is over, and
   * takes away exemptions that are needed no more. A signal ends it early.
   */
  async settle(signal?: AbortSignal): Promise<void> {
    for (const slot of this.slots()) {
      for await (const batch of entryBatches(this.#ipset, banSetName(slot.kind, slot.family))) {
        if (signal?.aborted === true) return
        for (const entry of batch) this.settleEntry(slot, entry)
      }
    }
  }

  /** The same for one entry that was read. @returns whether it is a ban that holds */
  settleEntry(slot: BanSlot, entry: SetEntry): boolean {
    if (entry.nomatch === true) {
      this.#settleExemption(slot, entry)
      return false
    }
    return (entry.timeout ?? 0) !== 0 || this.#settleLongBan(slot, entry)
  }

  #settleLongBan({ kind, family }: BanSlot, entry: SetEntry): boolean {
    const { until } = readBanComment(entry.comment)
    if (until === undefined) return true
    const set = banSetName(kind, family)
    const left = Math.ceil((until - this.#now()) / 1000)
    if (left <= 0) this.#ipset.del(set, bare(entry), { exists: 'ignore' })
    else if (left <= maximumTimeout) this.#ipset.add(set, { ...entry, timeout: left }, { exists: 'ignore' })
    return left > 0
  }

  #settleExemption(slot: BanSlot, entry: SetEntry): void {
    const { comment } = entry
    if (comment !== ALLOWED_COMMENT && comment !== UNBANNED_COMMENT) return
    const { block, tail } = partsOf(slot, entry)
    const set = banSetName(slot.kind, slot.family)
    const needed =
      this.#isCovered(set, block, tail) &&
      (comment === UNBANNED_COMMENT || this.#allowed.snapshot().overlaps(block))
    if (!needed) this.#ipset.del(set, bare(entry), { exists: 'ignore' })
  }

  async #admit(slot: BanSlot, block: NetworkBlock): Promise<void> {
    const set = banSetName(slot.kind, slot.family)
    const plain = scopeDefinitions[slot.kind].type === 'hash:net'
    if (plain && isSingle(block) && !this.isBanned(set, block, { text: '' })) return
    const around = new Map<string, ElementTail>()
    await this.#visit(slot, (entry, found, tail) => {
      if (entry.nomatch === true) return
      if (contains(block, found)) this.#ipset.del(set, bare(entry), { exists: 'ignore' })
      else if (contains(found, block)) around.set(`${tail.text} ${tail.wildcard}`, tail)
    })
    for (const tail of around.values())
      this.#ipset.add(set, exemption(block, tail, 0, ALLOWED_COMMENT), { exists: 'ignore' })
  }

  async #exempt(slot: BanSlot, block: NetworkBlock, tail: ElementTail): Promise<void> {
    let longest = 1
    await this.#visit(slot, ({ nomatch, timeout = 0 }, around, { text, wildcard }) => {
      if (nomatch === true || text !== tail.text || wildcard !== tail.wildcard) return
      if (contains(around, block)) longest = Math.max(longest, timeout === 0 ? Infinity : timeout)
    })
    const timeout = longest === Infinity ? 0 : longest
    const set = banSetName(slot.kind, slot.family)
    this.#ipset.add(set, unbannedEntry(block, tail, timeout), { exists: 'ignore' })
  }

  /** Whether the narrowest network around this one that the set knows is banned. */
  #isCovered(set: string, block: NetworkBlock, tail: ElementTail): boolean {
    for (let prefix = block.prefix - 1; prefix > 0; prefix--) {
      const verdict = this.#verdict(set, widened(block, prefix), tail)
      if (verdict !== undefined) return verdict
    }
    return false
  }

  /** Whether exactly this network, which is no single address, is banned, or exempt; undefined: neither. */
  #verdict(set: string, block: NetworkBlock, tail: ElementTail): boolean | undefined {
    const element = elementOf(block, tail)
    if (this.#ipset.test(set, element)) return true
    return this.#ipset.test(set, { ...element, nomatch: true }) ? false : undefined
  }

  async #visit(
    slot: BanSlot,
    visit: (entry: SetEntry, block: NetworkBlock, tail: ElementTail) => void,
  ): Promise<void> {
    for await (const batch of entryBatches(this.#ipset, banSetName(slot.kind, slot.family))) {
      for (const entry of batch) {
        const { block, tail } = partsOf(slot, entry)
        visit(entry, block, tail)
      }
    }
  }
}

/** The element of a network and what stands behind it. */
export function elementOf({ address }: NetworkBlock, { text, wildcard }: ElementTail): SetEntry {
  const element = address + text
  return wildcard === undefined ? { element } : { element, wildcard }
}

/** Whether an entry was not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KernelError && (error.code === 'entry-not-found' || error.code === 'set-not-found')
}

/** The entry that frees a network that was unbanned; its timeout in seconds, 0 for ever. */
export function unbannedEntry(block: NetworkBlock, tail: ElementTail, timeout: number): SetEntry {
  return exemption(block, tail, timeout, UNBANNED_COMMENT)
}

function exemption(block: NetworkBlock, tail: ElementTail, timeout: number, comment: string): SetEntry {
  return { ...elementOf(block, tail), nomatch: true, timeout, comment }
}

/** An entry as it is deleted. */
function bare({ element, wildcard }: SetEntry): EntryRequest {
  return wildcard === undefined ? { element } : { element, wildcard }
}

function partsOf(
  { kind }: BanSlot,
  { element, wildcard }: SetEntry,
): { block: NetworkBlock; tail: ElementTail } {
  const { address } = readElement(kind, element, wildcard)
  const text = element.slice(address.length)
  return {
    block: networkBlock(address),
    tail: wildcard === true ? { text, wildcard } : { text },
  }
}
