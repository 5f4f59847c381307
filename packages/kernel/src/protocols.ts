/**
 * The names of IP protocols, as netbase, and with small differences every distribution, has them in /etc/protocols:
 * the name first, then its aliases. A host's own file is not read, so that one text means one thing everywhere.
 */
const rows = [
  [1, 'icmp'],
  [2, 'igmp'],
  [3, 'ggp'],
  [4, 'ipencap', 'ip-encap'],
  [5, 'st'],
  [6, 'tcp'],
  [8, 'egp'],
  [9, 'igp'],
  [12, 'pup'],
  [17, 'udp'],
  [20, 'hmp'],
  [22, 'xns-idp'],
  [27, 'rdp'],
  [29, 'iso-tp4'],
  [33, 'dccp'],
  [36, 'xtp'],
  [37, 'ddp'],
  [38, 'idpr-cmtp'],
  [41, 'ipv6'],
  [43, 'ipv6-route'],
  [44, 'ipv6-frag'],
  [45, 'idrp'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp', 'ipsec-esp'],
  [51, 'ah', 'ipsec-ah'],
  [57, 'skip'],
  [58, 'ipv6-icmp', 'icmpv6'],
  [59, 'ipv6-nonxt'],
  [60, 'ipv6-opts'],
  [73, 'rspf', 'cphb'],
  [81, 'vmtp'],
  [88, 'eigrp'],
  [89, 'ospf', 'ospfigp'],
  [93, 'ax.25'],
  [94, 'ipip'],
  [97, 'etherip'],
  [98, 'encap'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [124, 'isis'],
  [132, 'sctp'],
  [133, 'fc'],
  [135, 'mobility-header'],
  [136, 'udplite'],
  [137, 'mpls-in-ip'],
  [138, 'manet'],
  [139, 'hip'],
  [140, 'shim6'],
  [141, 'wesp'],
  [142, 'rohc'],
  [143, 'ethernet'],
] as const satisfies readonly (readonly [number: number, name: string, ...aliases: string[]])[]

type NamesOf<Row> = Row extends readonly [number, ...infer Names] ? Names[number] : never
/** A name or an alias of a protocol. */
export type ProtocolName = NamesOf<(typeof rows)[number]>

/** The name that programs print, by the protocol's number. */
export const protocolNames: ReadonlyMap<number, string> = new Map(
  rows.map(([number, name]) => [number, name]),
)

/** The protocol's number by each of its names, in lower case. */
export const protocolNumbers: ReadonlyMap<string, number> = new Map(
  rows.flatMap(([number, ...names]) => names.map((name): [string, number] => [name, number])),
)
