import type { MessageWriter } from '../netlink/message.ts'

/** linux/netfilter/nfnetlink.h: NFNL_SUBSYS_NFTABLES, and the length of struct nfgenmsg. */
const NFTABLES = 10
export const generalMessageLength = 4

/**
 * Begins a message of nf_tables: the header, and struct nfgenmsg with an address family of netfilter.h, 0 for none.
 * The message's number is of enum nf_tables_msg_types, linux/netfilter/nf_tables.h.
 */
export function beginNftablesMessage(writer: MessageWriter, message: number, family = 0): void {
  writer.begin((NFTABLES << 8) | message, 0)
  writer.reserve(generalMessageLength)
  writer.view.setUint32(writer.position, 0)
  writer.view.setUint8(writer.position, family)
  writer.position += generalMessageLength
}
