import type { MessageWriter } from '../netlink/message.ts'

/** linux/netfilter/nfnetlink.h: NFNL_SUBSYS_NFTABLES, and the length of struct nfgenmsg. */
const NFTABLES = 10
export const generalMessageLength = 4

/** The nlmsg_type of a message of enum nf_tables_msg_types, linux/netfilter/nf_tables.h. */
export function messageType(message: number): number {
  return (NFTABLES << 8) | message
}

/**
 * Begins a message of nf_tables: the header, and struct nfgenmsg with an address family of netfilter.h, 0 for none.
 */
export function beginNftablesMessage(writer: MessageWriter, message: number, family = 0): void {
  writer.begin(messageType(message), 0)
  writer.reserve(generalMessageLength)
  writer.view.setUint32(writer.position, 0)
  writer.view.setUint8(writer.position, family)
  writer.position += generalMessageLength
}
