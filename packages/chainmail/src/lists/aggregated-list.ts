import { type Family, formatAddress } from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import type { NetworkBlock } from '../network.ts'
import { networkBlocks } from '../network-span.ts'
import { type Prefix, type PrefixChange, PrefixTrie } from './prefix-trie.ts'

/** What a change of the list changes in the set that holds its cover: add first, so that nothing is left uncovered. */
export interface CoverChange {
  readonly add: readonly string[]
  readonly delete: readonly string[]
}

/**
 * Networks that are kept as they were given, and the fewest networks that cover exactly the same addresses: what a
 * set of type `hash:net` has to hold. Each change tells what changes in the set. IPv4 and IPv6 may be mixed; a set
 * holds one family.
 */
export class AggregatedList {
  readonly #tries: Readonly<Record<Family, PrefixTrie>> = { ipv4: new PrefixTrie(1), ipv6: new PrefixTrie(4) }

  /** How many networks were given, each counted once; a range counts as the networks that it takes. */
  get size(): number {
    return this.#tries.ipv4.size + this.#tries.ipv6.size
  }

  /**
   * Adds an address, a network or a range; what is there already changes nothing.
   *
   * @throws AddressError or ChainmailError `bad-address`
   */
  add(text: string): CoverChange {
    const changes = networkBlocks(text).map((block) => {
      const change = this.#tries[block.family].add(prefixOf(block))
      return changeIn(block.family, change)
    })
    return changes.length === 1 && changes[0] !== undefined ? changes[0] : combined(changes)
  }

  /** Adds as {@link add} does, without telling what changes: twice as fast, to fill the list. */
  insert(text: string): void {
    for (const block of networkBlocks(text)) this.#tries[block.family].add(prefixOf(block))
  }

  /**
   * Takes out what was added before, and nothing else: the networks beside and inside it stay covered.
   *
   * @throws AddressError or ChainmailError `bad-address`; ChainmailError `entry-not-found` for what was not added as it is
   */
  delete(text: string): CoverChange {
    const blocks = networkBlocks(text)
    const missing = blocks.find((block) => !this.#tries[block.family].has(prefixOf(block)))
    if (missing !== undefined) {
      const which = blocks.length === 1 ? '' : ` of ${text}`
      throw new ChainmailError('entry-not-found', `The list does not hold ${missing.address}${which}.`)
    }
    return combined(
      blocks.flatMap((block) => {
        const change = this.#tries[block.family].delete(prefixOf(block))
        return change === undefined ? [] : [changeIn(block.family, change)]
      }),
    )
  }

  /** Whether exactly this address, network or range was added. @throws AddressError or ChainmailError `bad-address` */
  has(text: string): boolean {
    return networkBlocks(text).every((block) => this.#tries[block.family].has(prefixOf(block)))
  }

  /** What was added, in canonical form and in order, IPv4 first. */
  *originals(): Generator<string, void> {
    for (const prefix of this.#tries.ipv4.originals()) yield textOf('ipv4', prefix)
    for (const prefix of this.#tries.ipv6.originals()) yield textOf('ipv6', prefix)
  }

  /** The fewest networks that cover what was added, in order, IPv4 first. */
  *cover(): Generator<string, void> {
    for (const prefix of this.#tries.ipv4.cover()) yield textOf('ipv4', prefix)
    for (const prefix of this.#tries.ipv6.cover()) yield textOf('ipv6', prefix)
  }
}

function prefixOf({ bytes, prefix }: NetworkBlock): Prefix {
  const bits: number[] = []
  for (let at = 0; at < bytes.length; at += 4)
    bits.push(
      (((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0)) >>>
        0,
    )
  return { bits, length: prefix }
}

function textOf(family: Family, { bits, length }: Prefix): string {
  const bytes = new Uint8Array(bits.length * 4)
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bits[at >> 2] ?? 0) >>> (24 - 8 * (at & 3))
  return formatAddress({ family, bytes, prefix: length })
}

function changeIn(family: Family, { added, deleted }: PrefixChange): CoverChange {
  return {
    add: added.map((prefix) => textOf(family, prefix)),
    delete: deleted.map((prefix) => textOf(family, prefix)),
  }
}

/** The outcome of changes one after another: what came and went again is in neither. */
function combined(changes: readonly CoverChange[]): CoverChange {
  const added = new Set<string>()
  const deleted = new Set<string>()
  for (const change of changes) {
    for (const network of change.add) if (!deleted.delete(network)) added.add(network)
    for (const network of change.delete) if (!added.delete(network)) deleted.add(network)
  }
  return { add: [...added], delete: [...deleted] }
}
