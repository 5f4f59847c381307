import { type EntryRequest, type Family, type Ipset, KernelError } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { contains, isSingle, type NetworkBlock, networkBlock } from '../../network.ts'
import { packetBlocks } from '../../network-span.ts'
import type { TouchedEntries } from '../probation/journal.ts'
import { touchedByEntries } from '../probation/touched-sets.ts'
import { entryBatches } from '../sets/entry-batches.ts'
import type { AllowedNetworks } from './allowed-networks.ts'
import { type Ban, type BanOptions, banOf, type PlacedBan, type UnbanOptions } from './ban.ts'
import { type CarvedBan, carve } from './ban-carving.ts'
import type { BanExemptions } from './ban-exemptions.ts'
import type { BanHooks, BanSlot } from './ban-hooks.ts'
import { blocksOf, canonical, placedBan, readWish, type Wish } from './ban-wish.ts'
import { banSetName, parseScope, readElement, type Scope } from './scope.ts'

/**
 * Milliseconds: when bans that are longer than a timeout of the kernel are first looked after, and how often then. All
 * bans are read for it, which a program that has just begun has no time for.
 */
const FIRST_SETTLED_AFTER = 15_000
const SETTLED_EVERY = 86_400_000

export interface BansParts {
  readonly ipset: Ipset
  readonly hooks: BanHooks
  readonly allowed: AllowedNetworks
  readonly exemptions: BanExemptions
  readonly families: readonly Family[]
  /** For single IPv6 addresses whose ban does not say otherwise; 128 leaves them alone. */
  readonly ipv6Prefix: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Bans are entries of owned sets, to each of which one rule refers; scope.ts says which. By default that rule
 * stands at the head of `raw PREROUTING`, where it covers what the host receives and what it forwards, connections
 * that are open and ports that are published by DNAT too.
 *
 * 1. A ban is one entry, whatever else the set holds; the kernel takes it out when its time is over.
 * 2. Who asked for it, why and since when stands in the entry's comment: every program of the host can read it.
 * 3. A ban that is longer than the kernel's timeouts (2,147,483 s, 24 days) stands without one, its end in its
 *    comment, and gets its timeout from any process that has the firewall open within the last 24 days of it. If none
 *    does, it lasts until one does: nobody is let in before the time.
 * 4. Nothing bans what is allowed; ban-exemptions.ts keeps single addresses free inside of banned networks.
 */
export class Bans implements AsyncDisposable {
  readonly #parts: BansParts
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #closing = new AbortController()
  #settled: Promise<void> = Promise.resolve()

  constructor(parts: BansParts) {
    this.#parts = parts
    const settle = (): void => {
      // What goes wrong here goes wrong again for the next caller, who is told.
      this.#settled = parts.exemptions.settle(this.#closing.signal).catch(() => undefined)
    }
    this.#timers = [
      setTimeout(settle, FIRST_SETTLED_AFTER).unref(),
      setInterval(settle, SETTLED_EVERY).unref(),
    ]
  }

  /**
   * Bans an address, network or range; a ban that is there gets the new time and reason. Resolves when the kernel
   * holds the entries and the rule that looks them up.
   *
   * @throws ChainmailError or AddressError `bad-address`; ChainmailError `bad-duration`, `bad-scope`, `bad-reason`,
   *   `address-allowed`; KernelError `set-full`
   */
  async add(text: string, options: BanOptions = {}): Promise<PlacedBan> {
    const { ipv6Prefix, now } = this.#parts
    const wish = readWish(text, options, ipv6Prefix, now())
    const slot = { kind: wish.scope.kind, family: wish.family }
    const { longWork } = this.#parts.ipset
    if (longWork !== undefined) await longWork
    if (!this.#parts.hooks.inPlace(slot)) {
      this.#carve(wish)
      await this.#parts.hooks.ensure([slot])
    }
    return this.#place(wish)
  }

  /**
   * Takes bans of an address, network or range back. Where a wider ban holds it too, it is exempt from that one as
   * long as that lasts; narrower bans inside stay. With wider bans or scopes of ports and interfaces in place, it takes
   * a second for a million bans, without holding the event loop.
   *
   * @returns the networks that it consists of
   * @throws ChainmailError `not-banned`, `bad-scope`; AddressError or ChainmailError `bad-address`
   */
  async remove(text: string, { scope, ipv6Prefix }: UnbanOptions = {}): Promise<readonly string[]> {
    const { exemptions } = this.#parts
    const blocks = blocksOf(text, ipv6Prefix ?? this.#parts.ipv6Prefix)
    let freed = false
    let leavesExemptions = false
    for (const { slot, tails } of this.#places(blocks, scope)) {
      for (const block of blocks) {
        for (const tail of tails ?? (await exemptions.tails(slot, block))) {
          if (!(await exemptions.free(slot, block, tail))) continue
          freed = true
          leavesExemptions ||= !isSingle(block)
        }
      }
    }
    if (!freed) throw notBanned(canonical(text))
    if (leavesExemptions) await exemptions.settle()
    return blocks.map(({ address }) => address)
  }

  /**
   * The narrowest ban that holds the whole of an address or network, of one scope or of any; of a range, the one that
   * holds its beginning, if all of it is banned. Whether there is one takes microseconds; which one, a second for a
   * million bans, without holding the event loop.
   *
   * @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-scope`
   */
  async covering(text: string, { scope }: Pick<UnbanOptions, 'scope'> = {}): Promise<Ban | undefined> {
    let first: Ban | undefined
    for (const block of packetBlocks(text)) {
      const ban = await this.#covering(block, scope)
      if (ban === undefined) return undefined
      first ??= ban
    }
    return first
  }

  /** What banning an address, network or range would touch, with what stands there now. Makes sure of the rule. */
  async touchedBy(text: string, options: BanOptions): Promise<TouchedEntries> {
    const { ipset, hooks, ipv6Prefix, now } = this.#parts
    const wish = readWish(text, options, ipv6Prefix, now())
    const { entries } = this.#carve(wish)
    const { kind } = wish.scope
    await hooks.ensure([{ kind, family: wish.family }])
    return touchedByEntries(ipset, banSetName(kind, wish.family), entries)
  }

  /** All bans that the kernel holds, of every scope; each port of a ban of several is one. */
  async *all(): AsyncGenerator<Ban, void> {
    const { ipset, exemptions, now } = this.#parts
    for (const slot of exemptions.slots()) {
      for await (const batch of entryBatches(ipset, banSetName(slot.kind, slot.family))) {
        const time = now()
        for (const entry of batch) {
          if (exemptions.settleEntry(slot, entry)) yield banOf(entry, slot.kind, slot.family, time)
        }
      }
    }
  }

  /** Ends what runs in the background. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#closing.abort()
    await this.#settled
  }

  #place(wish: Wish): PlacedBan {
    const { ipset } = this.#parts
    const set = banSetName(wish.scope.kind, wish.family)
    const { entries, blocks } = this.#carve(wish)
    const [only, ...more] = entries
    if (only !== undefined && more.length === 0) ipset.add(set, only, { exists: 'ignore' })
    else addTogether(ipset, set, entries)
    return placedBan(wish, blocks)
  }

  /** @throws ChainmailError `address-allowed` */
  #carve(wish: Wish): CarvedBan {
    const { allowed, exemptions } = this.#parts
    const carved = carve(wish, allowed.snapshot(), exemptions)
    const { refusal, blocks } = carved
    if (refusal !== undefined && (wish.options.exceptAllowed !== true || blocks.length === 0)) throw refusal
    return carved
  }

  /** Where bans of these networks may stand; without `tails` only the set itself can tell. */
  #places(blocks: readonly NetworkBlock[], scope: UnbanOptions['scope']): Place[] {
    const families = new Set(blocks.map(({ family }) => family))
    const wanted = scope === undefined ? undefined : parseScope(scope)
    return this.#parts.exemptions
      .slots()
      .filter(({ kind, family }) => families.has(family) && (wanted?.kind ?? kind) === kind)
      .map((slot) => ({
        slot,
        tails: wanted?.tails ?? (slot.kind === 'interface' || slot.kind === 'ports' ? undefined : plainTails),
      }))
  }

  async #covering(block: NetworkBlock, scope: UnbanOptions['scope']): Promise<Ban | undefined> {
    for (const { slot, tails } of this.#places([block], scope)) {
      const set = banSetName(slot.kind, slot.family)
      if (tails?.every((tail) => !this.#parts.exemptions.isBanned(set, block, tail)) === true) continue
      const ban = await this.#narrowest(slot, block, tails)
      if (ban !== undefined) return ban
    }
    return undefined
  }

  async #narrowest(
    { kind, family }: BanSlot,
    block: NetworkBlock,
    tails: Place['tails'],
  ): Promise<Ban | undefined> {
    const found = new Map<string, { readonly prefix: number; readonly ban: Ban | undefined }>()
    for await (const batch of entryBatches(this.#parts.ipset, banSetName(kind, family))) {
      const time = this.#parts.now()
      for (const entry of batch) {
        const { address } = readElement(kind, entry.element, entry.wildcard)
        const around = networkBlock(address)
        const tail = entry.element.slice(address.length)
        if (!contains(around, block) || tails?.every(({ text }) => text !== tail) === true) continue
        if ((found.get(tail)?.prefix ?? -1) >= around.prefix) continue
        const ban = entry.nomatch === true ? undefined : banOf(entry, kind, family, time)
        found.set(tail, { prefix: around.prefix, ban })
      }
    }
    const narrowest = [...found.values()].toSorted((one, other) => other.prefix - one.prefix)
    return narrowest.find(({ ban }) => ban !== undefined)?.ban
  }
}

interface Place {
  readonly slot: BanSlot
  readonly tails: Scope['tails'] | undefined
}

const plainTails: Scope['tails'] = [{ text: '' }]

/** All of them or, where one is refused, none of those that are new. */
function addTogether(ipset: Ipset, set: string, entries: readonly EntryRequest[]): void {
  const added: EntryRequest[] = []
  try {
    for (const entry of entries) {
      try {
        ipset.add(set, entry)
        added.push(entry)
      } catch (error) {
        if (!(error instanceof KernelError && error.code === 'entry-exists')) throw error
        ipset.add(set, entry, { exists: 'ignore' })
      }
    }
  } catch (error) {
    for (const { element, wildcard } of added.toReversed())
      ipset.del(set, wildcard === undefined ? element : { element, wildcard }, { exists: 'ignore' })
    throw error
  }
}

function notBanned(address: string): ChainmailError {
  return new ChainmailError('not-banned', `${address} is not banned.`, { path: 'address' })
}
