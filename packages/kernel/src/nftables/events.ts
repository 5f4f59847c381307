import { ENOBUFS } from '../errno.ts'
import { AttributeTable, text, u32be } from '../netlink/attributes.ts'
import { hostLittleEndian, readMessage } from '../netlink/message.ts'
import { NETLINK_NETFILTER } from '../netlink/socket.ts'
import {
  AF_NETLINK,
  attachFilter,
  bind,
  close,
  type FilterInstruction,
  receiveNow,
  SO_RCVBUF,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
  SystemCallError,
  setsockopt,
  socket,
} from '../syscalls.ts'
import { generalMessageLength, messageType } from './message.ts'

/** linux/netfilter/nf_tables.h, enum nf_tables_msg_types: NFT_MSG_NEWGEN. */
const NEW_GENERATION = 15

/** linux/netfilter/nfnetlink.h: NFNLGRP_NFTABLES. linux/netlink.h: NETLINK_ADD_MEMBERSHIP. */
const NFTABLES_GROUP = 7
const NETLINK_ADD_MEMBERSHIP = 1

/** linux/netfilter/nf_tables.h, enum nft_gen_attributes. */
const generationAttributes = new AttributeTable({
  id: [1, u32be],
  processId: [2, u32be],
  processName: [3, text],
})

/** A commit of nf_tables, whoever made it. */
export interface NftablesCommit {
  /** The generation that it began. */
  readonly generation: number
  /** The process that made it, by its number in the first pid namespace, which need not be the one that is seen here. */
  readonly processId: number | undefined
  /** The first 15 bytes of that process's name. */
  readonly processName: string | undefined
}

export interface NftablesCommits {
  readonly commits: readonly NftablesCommit[]
  /** Some came faster than they were taken, and were lost. */
  readonly lost: boolean
}

/** linux/filter.h: load 16 bits of the message; jump if equal; return. */
const LOAD_HALF = 0x28
const JUMP_EQUAL = 0x15
const RETURN = 0x06
const WHOLE = 0xffffffff

/**
 * The commits of nf_tables in this network namespace, as the kernel announces them.
 *
 * The kernel announces every rule of a commit too. A filter in the socket lets only the announcement of the generation
 * through, which comes once for each commit: a commit of 10,000 rules does not overrun the queue, and reading costs
 * nothing that grows with the rules. The queue is read when it suits: {@link take} never waits.
 */
export class NftablesEvents implements Disposable {
  readonly #descriptor: number
  readonly #bytes = new Uint8Array(8192)
  readonly #view = new DataView(this.#bytes.buffer)
  #closed = false

  /**
   * @param queueSize bytes for commits that wait to be taken; the kernel counts some 800 for each, and limits it to
   *   net.core.rmem_max
   * @throws SystemCallError where the kernel has no netfilter netlink
   */
  constructor(queueSize = 1_000_000) {
    this.#descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)
    try {
      attachFilter(this.#descriptor, onlyGenerations)
      setsockopt(this.#descriptor, SOL_SOCKET, SO_RCVBUF, queueSize)
      const address = new Uint8Array(12)
      new DataView(address.buffer).setUint16(0, AF_NETLINK, hostLittleEndian)
      bind(this.#descriptor, address)
      setsockopt(this.#descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFTABLES_GROUP)
    } catch (error) {
      close(this.#descriptor)
      throw error
    }
  }

  /** The commits since the last call, in their order. Takes microseconds. */
  take(): NftablesCommits {
    const commits: NftablesCommit[] = []
    let lost = false
    for (;;) {
      try {
        const length = receiveNow(this.#descriptor, this.#bytes)
        if (length === undefined) return { commits, lost }
        this.#read(length, commits)
      } catch (error) {
        if (!(error instanceof SystemCallError && error.errno === ENOBUFS)) throw error
        lost = true
      }
    }
  }

  #read(length: number, commits: NftablesCommit[]): void {
    for (let offset = 0; offset < length; ) {
      const message = readMessage(this.#bytes, this.#view, offset, length)
      const { id, processId, processName } = generationAttributes.read({
        ...message,
        start: message.start + generalMessageLength,
      })
      if (id !== undefined) commits.push({ generation: id, processId, processName })
      offset = message.end + (-message.end & 3)
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return
    this.#closed = true
    close(this.#descriptor)
  }
}

/** A filter loads in network order what a netlink header holds in the machine's: nlmsg_type, at byte 4. */
const onlyGenerations: readonly FilterInstruction[] = [
  { code: LOAD_HALF, value: 4 },
  { code: JUMP_EQUAL, value: asLoaded(messageType(NEW_GENERATION)), ifFalse: 1 },
  { code: RETURN, value: WHOLE },
  { code: RETURN, value: 0 },
]

function asLoaded(type: number): number {
  return hostLittleEndian ? ((type & 0xff) << 8) | (type >> 8) : type
}
