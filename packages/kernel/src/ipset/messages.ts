/**
 * ipset's netlink messages as attribute tables.
 * Source: linux/netfilter/nfnetlink.h and linux/netfilter/ipset/ip_set.h.
 */
import {
  AttributeTable,
  type AttributeType,
  type AttributeValues,
  binary,
  nested,
  nestedList,
  text,
  u8,
  u16be,
  u32,
  u32be,
  u64be,
} from '../netlink/attributes.ts'
import { type MessageWriter, NLA_F_NET_BYTEORDER } from '../netlink/message.ts'

/** nfnetlink.h: a message's type is its subsystem in the upper byte and the command in the lower. */
const NFNL_SUBSYS_IPSET = 6

/** nfnetlink.h, struct nfgenmsg: family, version and resource id, in front of the attributes. */
export const generalMessageLength = 4

/** socket.h and netfilter.h: NFPROTO_UNSPEC, NFPROTO_IPV4 and NFPROTO_IPV6, which are AF_INET and AF_INET6. */
export const familyNumbers = { unspec: 0, inet: 2, inet6: 10 } as const

/** ipset's own words for an address family; `unspec` belongs to the types that hold no addresses. */
export type SetFamily = keyof typeof familyNumbers

export function familyFromNumber(number: number | undefined): SetFamily {
  if (number === familyNumbers.inet) return 'inet'
  return number === familyNumbers.inet6 ? 'inet6' : 'unspec'
}

/** ip_set.h, enum ipset_cmd. */
export const commands = {
  protocol: 1,
  create: 2,
  destroy: 3,
  flush: 4,
  rename: 5,
  swap: 6,
  list: 7,
  add: 9,
  del: 10,
  test: 11,
  header: 12,
  type: 13,
} as const

export type Command = keyof typeof commands

/** ip_set.h: IPSET_PROTOCOL_MIN and IPSET_PROTOCOL. */
export const protocolVersions = { minimum: 6, maximum: 7 } as const

/** ip_set.h, enum ipset_cmd_flags. */
export const listFlags = { names: 1 << 1, headers: 1 << 2 } as const

/** ip_set.h, enum ipset_cadt_flags: one attribute holds the flags of a set, or those of an entry. */
export const dataFlags = {
  before: 1 << 0,
  physdev: 1 << 1,
  nomatch: 1 << 2,
  counters: 1 << 3,
  comment: 1 << 4,
  forceadd: 1 << 5,
  skbinfo: 1 << 6,
  wildcard: 1 << 7,
} as const

/**
 * ipset wants NLA_F_NET_BYTEORDER on every number of more than one byte, and on addresses. The kernel itself leaves
 * it out where it sends a number in its own order.
 */
function networkOrder<Value>(
  type: AttributeType<Value>,
  inHostOrder: AttributeType<Value> = type,
): AttributeType<Value> {
  return {
    write: (writer, number, value) => type.write(writer, number | NLA_F_NET_BYTEORDER, value),
    read: (attribute) => ((attribute.type & NLA_F_NET_BYTEORDER) === 0 ? inHostOrder : type).read(attribute),
  }
}

const net16 = networkOrder(u16be)
const net32 = networkOrder(u32be, u32)
const net64 = networkOrder(u64be)
const netBinary = networkOrder(binary)

/** ip_set.h, "IP specific attributes". */
export const addressAttributes = new AttributeTable({
  ipv4: [1, netBinary],
  ipv6: [2, netBinary],
})
const address = nested(addressAttributes)

/** ip_set.h, "CADT specific attributes" and "Create-only specific attributes". */
export const createAttributes = new AttributeTable({
  ip: [1, address],
  ipTo: [2, address],
  cidr: [3, u8],
  port: [4, net16],
  portTo: [5, net16],
  timeout: [6, net32],
  flags: [8, net32],
  markmask: [11, net32],
  bitmask: [12, address],
  initval: [17, net32],
  hashsize: [18, net32],
  maxelem: [19, net32],
  netmask: [20, u8],
  bucketsize: [21, u8],
  size: [23, net32],
  elements: [24, net32],
  references: [25, net32],
  memsize: [26, net32],
})

export type CreateValues = AttributeValues<typeof createAttributes.attributes>

/** ip_set.h, "CADT specific attributes" and "ADT specific attributes". */
export const entryAttributes = new AttributeTable({
  ip: [1, address],
  ipTo: [2, address],
  cidr: [3, u8],
  port: [4, net16],
  portTo: [5, net16],
  timeout: [6, net32],
  protocol: [7, u8],
  flags: [8, net32],
  line: [9, net32],
  mark: [10, net32],
  ethernet: [17, binary],
  name: [18, text],
  reference: [19, text],
  ip2: [20, address],
  cidr2: [21, u8],
  ip2To: [22, address],
  interface: [23, text],
  bytes: [24, net64],
  packets: [25, net64],
  comment: [26, text],
  skbmark: [27, net64],
  skbprio: [28, net32],
  skbqueue: [29, net16],
})

/** ip_set.h, "Attributes at command level": what all commands have, and what only some have. */
const commandLevel = {
  protocol: [1, u8],
  setname: [2, text],
  typename: [3, text],
  revision: [4, u8],
  family: [5, u8],
  flags: [6, net32],
  line: [9, net32],
  /** IPSET_ATTR_PROTOCOL_MIN and IPSET_ATTR_REVISION_MIN. */
  minimum: [10, u8],
} as const

/** The number of IPSET_ATTR_DATA and of IPSET_ATTR_ADT, which holds many of the former. */
export const dataNumber = 7
export const entriesNumber = 8

/** PROTOCOL, CREATE, DESTROY, FLUSH, LIST, HEADER and TYPE; the data are a set's create options. */
export const setMessage = new AttributeTable({
  ...commandLevel,
  data: [dataNumber, nested(createAttributes)],
})

/** RENAME and SWAP: IPSET_ATTR_SETNAME2 has the number of the type's name. */
export const renameMessage = new AttributeTable({
  protocol: commandLevel.protocol,
  setname: commandLevel.setname,
  setname2: [3, text],
})

/** ADD, DEL and TEST: one entry in `data`, or many in `entries`. */
export const entryMessage = new AttributeTable({
  ...commandLevel,
  data: [dataNumber, nested(entryAttributes)],
  entries: [entriesNumber, nestedList(dataNumber, entryAttributes)],
})

/** The nlmsg_type of a command. */
export function messageType(command: Command): number {
  return (NFNL_SUBSYS_IPSET << 8) | commands[command]
}

/** Begins a message: the header and struct nfgenmsg, whose family ipset ignores and whose version is 0. */
export function beginMessage(writer: MessageWriter, command: Command, flags: number): void {
  writer.begin(messageType(command), flags)
  writer.reserve(generalMessageLength)
  writer.view.setUint32(writer.position, 0)
  writer.view.setUint8(writer.position, familyNumbers.inet)
  writer.position += generalMessageLength
}
