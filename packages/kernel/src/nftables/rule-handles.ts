import type { Family } from '../address.ts'
import { ENOENT } from '../errno.ts'
import { KernelError } from '../errors.ts'
import { AttributeTable, text, u64be } from '../netlink/attributes.ts'
import { MessageWriter, type NetlinkMessage } from '../netlink/message.ts'
import type { Refusal } from '../netlink/refusal.ts'
import { NetlinkSocket } from '../netlink/socket.ts'
import { beginNftablesMessage, generalMessageLength } from './message.ts'

/** linux/netfilter/nf_tables.h, enum nf_tables_msg_types: NFT_MSG_GETRULE. */
const GET_RULE = 7

/** linux/netfilter/nf_tables.h, enum nft_rule_attributes. */
const ruleAttributes = new AttributeTable({ table: [1, text], chain: [2, text], handle: [3, u64be] })

/** linux/netfilter.h: NFPROTO_IPV4 and NFPROTO_IPV6. */
const familyNumbers: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 }

/** Where rules stand, in iptables' words: the nft backend names its tables and chains as iptables does. */
export interface RulePlace {
  readonly family: Family
  readonly table: string
  readonly chain: string
}

/**
 * The handles of the rules of the nft backend. A rule keeps its handle as long as it lives, whatever is put in front
 * of it, and in its table no other rule ever gets it: whether a known rule still stands is one question to the kernel, of some microseconds.
 */
export class RuleHandles implements Disposable {
  readonly #socket = new NetlinkSocket()
  readonly #writer = new MessageWriter()

  /** The handles of a chain's rules, in their order; none where there is no such chain. */
  of({ family, table, chain }: RulePlace): bigint[] {
    beginNftablesMessage(this.#writer, GET_RULE, familyNumbers[family])
    ruleAttributes.write(this.#writer, { table, chain })
    try {
      return this.#socket.collect<bigint>(this.#writer, refused, (message, handles) => {
        const { handle } = read(message)
        if (handle !== undefined) handles.push(handle)
      })
    } catch (error) {
      if (isAbsence(error)) return []
      throw error
    }
  }

  /** Whether the rule with this handle stands in the chain. */
  has({ family, table, chain }: RulePlace, handle: bigint): boolean {
    beginNftablesMessage(this.#writer, GET_RULE, familyNumbers[family])
    ruleAttributes.write(this.#writer, { table, chain, handle })
    try {
      return read(this.#socket.query(this.#writer, refused)).handle === handle
    } catch (error) {
      if (isAbsence(error)) return false
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]()
  }
}

function read(message: NetlinkMessage): ReturnType<typeof ruleAttributes.read> {
  return ruleAttributes.read({ ...message, start: message.start + generalMessageLength })
}

function isAbsence(error: unknown): boolean {
  return error instanceof KernelError && error.errno === ENOENT
}

function refused({ errno, extendedAck }: Refusal): KernelError {
  return new KernelError('kernel-refused', 'The kernel does not tell the rules of nf_tables.', {
    operation: 'nftables rules',
    errno,
    extendedAck,
  })
}
