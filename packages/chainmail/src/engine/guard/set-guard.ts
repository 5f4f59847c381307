import type { EntryInput, EntryRequest, Ipset } from '@chainmail/kernel'
import type { NetworkBlock } from '../../network.ts'
import { isAbsence } from '../sets/entry-batches.ts'
import { type LockOutGuard, overlappedFamilies } from './lock-out.ts'
import type { GuardOptions } from './packets.ts'
import type { ForeseenSet } from './set-lookup.ts'

/**
 * Refuses changes of one set, to which rules refer, that would shut somebody out. Entries come by the million: those
 * that have nothing to do with anybody who must not be shut out are told by the first group of their address alone.
 */
export class SetGuard {
  readonly #set: string
  readonly #lockOut: LockOutGuard
  readonly #options: GuardOptions
  readonly #networks: readonly NetworkBlock[]
  readonly #groups: ReadonlySet<string>

  constructor(set: string, ipset: Ipset, lockOut: LockOutGuard, options: GuardOptions) {
    this.#set = set
    this.#lockOut = lockOut
    this.#options = options
    const packets = isReferenced(ipset, set) ? lockOut.packets(options) : []
    this.#networks = packets.flatMap(({ remote }) => (remote === undefined ? [] : [remote]))
    // A wide network overlaps addresses that begin otherwise: then all entries are looked at.
    const isWide = this.#networks.some(({ family, prefix }) => prefix < (family === 'ipv4' ? 8 : 16))
    this.#groups = new Set(isWide ? [] : this.#networks.map(({ address }) => groupOf(address)))
  }

  /** Whether an entry is about somebody who must not be shut out. */
  concerns(entry: EntryInput): boolean {
    if (this.#networks.length === 0) return false
    const element = elementOf(entry)
    if (this.#groups.size > 0 && !SPAN.test(element) && !this.#groups.has(groupOf(element))) return false
    return overlappedFamilies(element, this.#networks).length > 0
  }

  /** @throws ChainmailError `would-lock-out` */
  async checkAdd(entries: readonly EntryInput[]): Promise<void> {
    const comes = entries.filter((entry) => this.concerns(entry)).map(requestOf)
    if (comes.length > 0) await this.#check({ comes, goes: new Set() })
  }

  /** @throws ChainmailError `would-lock-out` */
  async checkDelete(entries: readonly EntryInput[]): Promise<void> {
    const goes = entries.filter((entry) => this.concerns(entry)).map(elementOf)
    if (goes.length > 0) await this.#check({ comes: [], goes: new Set(goes) })
  }

  /** @throws ChainmailError `would-lock-out` */
  async checkFlush(): Promise<void> {
    if (this.#networks.length > 0) await this.#check({ comes: [], goes: 'all' })
  }

  /** The entries that a set gets in the place of its own; the end of them is a refusal where they shut somebody out. */
  async *replacing<Entry extends EntryInput>(
    entries: Iterable<Entry> | AsyncIterable<Entry>,
  ): AsyncGenerator<Entry, void> {
    const comes: EntryInput[] = []
    for await (const entry of entries) {
      if (this.concerns(entry)) comes.push(entry)
      yield entry
    }
    if (this.#networks.length > 0) await this.#check({ comes: comes.map(requestOf), goes: 'all' })
  }

  #check(change: Omit<ForeseenSet, 'name'>): Promise<void> {
    return this.#lockOut.checkChanges([], this.#options, [{ name: this.#set, ...change }])
  }
}

/** A range, or a network that may be wider than a group. */
const SPAN = /-|\/(?:[0-7]|1[0-5])(?!\d)/

/** The first group of an address: `192.`, `2001:`. */
function groupOf(element: string): string {
  const end = element.search(/[.:]/)
  return end === -1 ? element : element.slice(0, end + 1)
}

function elementOf(entry: EntryInput): string {
  return typeof entry === 'string' ? entry : entry.element
}

function requestOf(entry: EntryInput): EntryRequest {
  return typeof entry === 'string' ? { element: entry } : entry
}

function isReferenced(ipset: Ipset, set: string): boolean {
  try {
    return ipset.isReferenced(set)
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}
