import { readFileSync } from 'node:fs'
import type { Family } from '../address.ts'
import { EAGAIN } from '../errno.ts'
import { hostLittleEndian } from '../netlink/message.ts'
import {
  AF_INET,
  AF_INET6,
  close,
  getsockoptBytes,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_RAW,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SystemCallError,
  socket,
} from '../syscalls.ts'

/** linux/netfilter_ipv4/ip_tables.h and netfilter_ipv6/ip6_tables.h: IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES, the same in both. */
const GET_INFO = 64
const GET_ENTRIES = 65

/** XT_TABLE_MAXNAMELEN. */
const NAME_LENGTH = 32

/** struct ipt_getinfo: the name, valid_hooks, five hook_entry and five underflow, num_entries, size; padded to 4. */
const INFO_LENGTH = NAME_LENGTH + 4 * 13
const SIZE_AT = NAME_LENGTH + 4 * 12

/** struct ipt_get_entries: the name, the size, and entries, which begin at a multiple of 8. */
const ENTRIES_AT = 40

interface FamilyDefinition {
  readonly domain: number
  readonly level: number
  /** Where the tables that exist are named; to ask for another one would create it. */
  readonly names: string
  /** In struct ipt_entry and struct ip6t_entry: where next_offset stands, and the two counters of 64 bits. */
  readonly nextOffsetAt: number
  readonly countersAt: number
}

const definitions: Readonly<Record<Family, FamilyDefinition>> = {
  ipv4: {
    domain: AF_INET,
    level: IPPROTO_IP,
    names: '/proc/net/ip_tables_names',
    nextOffsetAt: 90,
    countersAt: 96,
  },
  ipv6: {
    domain: AF_INET6,
    level: IPPROTO_IPV6,
    names: '/proc/net/ip6_tables_names',
    nextOffsetAt: 142,
    countersAt: 152,
  },
}

/**
 * Whether anybody changed a rule of the legacy backend, which has no generation and tells nobody. What the kernel holds
 * is compared with what it held; nothing of it is interpreted but where an entry ends and where its counters stand.
 *
 * 1. The outlines of the tables that exist, their size and where their chains begin, take microseconds. What adds or
 *    removes rules changes them.
 * 2. A rule that is put in another place, or another one of the same length in its stead, shows in the entries alone.
 *    Reading them takes the kernel about a microsecond a rule: whoever asks decides how often.
 */
export class LegacyTables implements Disposable {
  readonly #family: FamilyDefinition
  readonly #descriptor: number
  readonly #outlines = new Map<string, Uint8Array>()
  readonly #entries = new Map<string, Uint8Array>()
  #closed = false

  /** @throws SystemCallError without the right to raw sockets in this network namespace */
  constructor(family: Family) {
    this.#family = definitions[family]
    this.#descriptor = socket(this.#family.domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)
  }

  /** Whether the sizes or their chains' places of the tables are others than at the last call of this or the next. */
  outlinesChanged(): boolean {
    return this.#compareOutlines(this.#outlines.keys())
  }

  /** Whether anything but counters is another than at the last call, tables that are new among it. */
  entriesChanged(): boolean {
    const names = this.#names()
    const fewer = forgetOthers(this.#outlines, names)
    forgetOthers(this.#entries, names)
    let changed = this.#compareOutlines(names) || fewer
    for (const [name, outline] of this.#outlines) {
      const entries = this.#read(name, sizeOf(outline))
      if (entries !== undefined && isSame(this.#entries.get(name), entries)) continue
      if (entries !== undefined) this.#entries.set(name, entries)
      changed = true
    }
    return changed
  }

  [Symbol.dispose](): void {
    if (this.#closed) return
    this.#closed = true
    close(this.#descriptor)
  }

  #compareOutlines(names: Iterable<string>): boolean {
    let changed = false
    for (const name of names) {
      const outline = this.#outline(name)
      if (isSame(this.#outlines.get(name), outline)) continue
      this.#outlines.set(name, outline)
      changed = true
    }
    return changed
  }

  #names(): ReadonlySet<string> {
    try {
      return new Set(readFileSync(this.#family.names, 'latin1').split('\n').filter(Boolean))
    } catch {
      // The module that has the file is loaded with the first rule.
      return new Set()
    }
  }

  #outline(name: string): Uint8Array {
    const outline = new Uint8Array(INFO_LENGTH)
    outline.set(Buffer.from(name, 'latin1'))
    getsockoptBytes(this.#descriptor, this.#family.level, GET_INFO, outline)
    return outline
  }

  /** The entries without what they have counted; undefined when their size has changed meanwhile. */
  #read(name: string, size: number): Uint8Array | undefined {
    const bytes = new Uint8Array(ENTRIES_AT + size)
    bytes.set(Buffer.from(name, 'latin1'))
    const view = new DataView(bytes.buffer)
    view.setUint32(NAME_LENGTH, size, hostLittleEndian)
    try {
      getsockoptBytes(this.#descriptor, this.#family.level, GET_ENTRIES, bytes)
    } catch (error) {
      if (error instanceof SystemCallError && error.errno === EAGAIN) return undefined
      throw error
    }
    const { nextOffsetAt, countersAt } = this.#family
    for (let at = ENTRIES_AT; at + countersAt + 16 <= bytes.length; ) {
      bytes.fill(0, at + countersAt, at + countersAt + 16)
      const next = view.getUint16(at + nextOffsetAt, hostLittleEndian)
      if (next === 0) break
      at += next
    }
    return bytes
  }
}

function sizeOf(outline: Uint8Array): number {
  return new DataView(outline.buffer).getUint32(SIZE_AT, hostLittleEndian)
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0
}

function forgetOthers(known: Map<string, unknown>, names: ReadonlySet<string>): boolean {
  let forgot = false
  for (const name of known.keys()) if (!names.has(name)) forgot = known.delete(name)
  return forgot
}
