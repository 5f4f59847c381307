/**
 * Counts what two contents of a set have in common, without holding either: each entry becomes a key of 64 bits.
 *
 * 1. Exact for IPv4 addresses and networks, whose keys are themselves. Other elements are hashed: of a million, one is
 *    counted wrong once in some ten million runs.
 * 2. Entries of the new content are counted while they are encoded, as long as the kernel is sure to store them as
 *    they are written. Where it is not (ranges, networks in sets of addresses, names of services) the new content has
 *    to be listed.
 */

import type { Payload } from '../netlink/attributes.ts'
import { align, hostLittleEndian, type MessageWriter, NLA_HDRLEN, NLA_TYPE_MASK } from '../netlink/message.ts'
import type { CreateOptions } from './create-options.ts'
import { EntryReader } from './entry-reader.ts'
import { KeyPiles } from './key-piles.ts'
import { dataFlags, dataNumber, entryAttributes } from './messages.ts'
import { setType } from './types.ts'

const IP = entryAttributes.number('ip')
const IP_TO = entryAttributes.number('ipTo')
const CIDR = entryAttributes.number('cidr')
const FLAGS = entryAttributes.number('flags')

/** What tells elements apart; all else are options. Flags are looked at by themselves. */
const elementNumbers = (
  [
    'ip',
    'ipTo',
    'cidr',
    'port',
    'portTo',
    'protocol',
    'mark',
    'ethernet',
    'name',
    'ip2',
    'ip2To',
    'cidr2',
    'interface',
  ] as const
).map((name) => entryAttributes.number(name))

/** An IPSET_ATTR_DATA with an IPv4 address and nothing else, as most entries of large sets are. */
const plainLength = NLA_HDRLEN + 2 * NLA_HDRLEN + 4
/** The IPSET_ATTR_LINENO behind it in a message of ours. */
const lineLength = NLA_HDRLEN + 4

/** The piles of keys. */
const OLD = 0
const NEW = 1

function isPlain(view: DataView, at: number): boolean {
  return (
    view.getUint16(at + NLA_HDRLEN, hostLittleEndian) === plainLength - NLA_HDRLEN &&
    (view.getUint16(at + NLA_HDRLEN + 2, hostLittleEndian) & NLA_TYPE_MASK) === IP
  )
}

export interface ContentDifference {
  /** How many entries only the new content has. */
  added: number
  /** How many are in both. */
  kept: number
  /** How many only the old content has. */
  removed: number
}

export class ContentComparison {
  readonly #piles = new KeyPiles()
  readonly #reader = new EntryReader()
  readonly #isAddress: boolean
  readonly #takesPrefixes: boolean
  #complete: boolean
  #high = 0
  #low = 0

  /** @throws KernelError `set-type-unsupported` for a type that this library does not know */
  constructor(typeName: string, options: CreateOptions) {
    const { element } = setType(typeName)
    this.#isAddress = element.length === 1 && element[0] === 'address'
    this.#takesPrefixes = typeName === 'hash:net'
    const isMasked = options.netmask !== undefined || options.bitmask !== undefined
    this.#complete = this.#isAddress && typeName.startsWith('hash:') && !isMasked
  }

  /** Whether all of the new content was seen in the form in which the kernel stores it. */
  get complete(): boolean {
    return this.#complete
  }

  /** Entries of the old content, as the kernel lists them: the payload of an IPSET_ATTR_ADT. */
  old(entries: Payload): void {
    this.#listed(entries, OLD)
  }

  /** Entries of the new content, as the kernel lists them. */
  fresh(entries: Payload): void {
    this.#listed(entries, NEW)
  }

  /** An entry of the new content that stands in a message from `start` on: an IPSET_ATTR_DATA. */
  written(writer: MessageWriter, start: number): void {
    if (!this.#complete) return
    if (writer.position === start + plainLength + lineLength && isPlain(writer.view, start)) {
      this.#piles.add(NEW, writer.view.getUint32(start + plainLength - 4), 32)
      return
    }
    this.#reader.load(writer.bytes, writer.view, start + NLA_HDRLEN, writer.position)
    if (!this.#isStoredAsWritten()) {
      this.refused()
      return
    }
    this.#readKey()
    this.#piles.add(NEW, this.#high, this.#low)
  }

  /** The kernel has not taken an entry that was written. */
  refused(): void {
    if (!this.#complete) return
    this.#complete = false
    this.#piles.clear(NEW)
  }

  /** Compares what was seen of both, without holding the event loop. */
  async difference(): Promise<ContentDifference> {
    const { onlyFirst, both, onlySecond } = await this.#piles.compare()
    return { added: onlySecond, kept: both, removed: onlyFirst }
  }

  #listed({ bytes, view, start, end }: Payload, pile: typeof OLD | typeof NEW): void {
    for (let at = start; at < end; ) {
      const length = view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN) return
      if (this.#isAddress && length === plainLength && isPlain(view, at))
        this.#piles.add(pile, view.getUint32(at + plainLength - 4), 32)
      else if ((view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK) === dataNumber) {
        this.#reader.load(bytes, view, at + NLA_HDRLEN, at + length)
        this.#readKey()
        this.#piles.add(pile, this.#high, this.#low)
      }
      at += align(length)
    }
  }

  #isStoredAsWritten(): boolean {
    const reader = this.#reader
    return reader.start(IP_TO) === 0 && (this.#takesPrefixes || reader.start(CIDR) === 0)
  }

  #readKey(): void {
    if (!this.#isAddress || !this.#readNetwork()) this.#hashElement()
  }

  /** An address or network; its host bits are cleared, as the kernel does. False for anything else than IPv4. */
  #readNetwork(): boolean {
    const reader = this.#reader
    const at = reader.start(IP)
    if (at === 0 || reader.payloadLength(IP) !== NLA_HDRLEN + 4 || reader.start(IP_TO) !== 0) return false
    const prefixAt = reader.start(CIDR)
    const prefix = prefixAt === 0 ? 32 : (reader.bytes[prefixAt] ?? 32)
    const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0
    this.#high = (reader.view.getUint32(at + NLA_HDRLEN) & mask) >>> 0
    this.#low = prefix
    return true
  }

  #hashElement(): void {
    const reader = this.#reader
    this.#high = 0x811c9dc5
    this.#low = 0x2545f491
    const prefix = this.#ipv6Prefix()
    for (const number of elementNumbers) {
      const start = reader.start(number)
      if (start === 0) continue
      if (number === CIDR && prefix >= 0) continue
      const end = start + reader.payloadLength(number)
      this.#mix(number)
      if (number === IP && prefix >= 0) this.#mixNetwork(start + NLA_HDRLEN, prefix)
      else for (let at = start; at < end; at++) this.#mix(reader.bytes[at] ?? 0)
    }
    const flags = reader.exact(FLAGS, 4)
    this.#mix(flags === 0 ? 0 : reader.view.getUint32(flags) & dataFlags.physdev)
    this.#high >>>= 0
    this.#low >>>= 0
  }

  /** The prefix length of an element that is an IPv6 address or network and nothing else, or -1. */
  #ipv6Prefix(): number {
    const reader = this.#reader
    if (!this.#isAddress || reader.payloadLength(IP) !== NLA_HDRLEN + 16) return -1
    const prefixAt = reader.start(CIDR)
    return prefixAt === 0 ? 128 : (reader.bytes[prefixAt] ?? 128)
  }

  #mixNetwork(at: number, prefix: number): void {
    for (let index = 0; index < 16; index++) {
      const kept = Math.max(0, Math.min(8, prefix - 8 * index))
      this.#mix((this.#reader.bytes[at + index] ?? 0) & (0xff00 >>> kept) & 0xff)
    }
    this.#mix(prefix)
  }

  #mix(byte: number): void {
    this.#high = Math.imul(this.#high ^ byte, 0x01000193)
    const mixed = Math.imul(this.#low + byte + 1, 0x85ebca6b)
    this.#low = mixed ^ (mixed >>> 13)
  }
}
