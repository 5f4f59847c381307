/**
 * The names of IP protocols. ipset(8) takes them from /etc/protocols; these are the ones that netbase, and with small
 * differences every distribution, puts there. A host's own file is not read, so that one text means one entry.
 */

const names: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [3, 'ggp'],
  [4, 'ipencap'],
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
  [50, 'esp'],
  [51, 'ah'],
  [57, 'skip'],
  [58, 'ipv6-icmp'],
  [59, 'ipv6-nonxt'],
  [60, 'ipv6-opts'],
  [73, 'rspf'],
  [81, 'vmtp'],
  [88, 'eigrp'],
  [89, 'ospf'],
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
])

const numbers: ReadonlyMap<string, number> = new Map([
  ...Array.from(names, ([number, name]): [string, number] => [name, number]),
  ['icmpv6', 58],
])

export const TCP = 6
export const ICMP = 1
export const ICMPV6 = 58
/** TCP, UDP, SCTP and UDPLITE: the protocols whose ports ipset knows. */
const withPorts: ReadonlySet<number> = new Set([TCP, 17, 132, 136])

export function hasPorts(protocol: number): boolean {
  return withPorts.has(protocol)
}

/** The name of a protocol, or its number in decimal when it has none. */
export function protocolName(protocol: number): string {
  return names.get(protocol) ?? String(protocol)
}

/** The number, 1 to 255, of a protocol's name in any case or its decimal text; undefined when it is neither. */
export function protocolNumber(text: string): number | undefined {
  const number = numbers.get(text.toLowerCase())
  if (number !== undefined) return number
  return /^[1-9][0-9]{0,2}$/u.test(text) && Number(text) <= 255 ? Number(text) : undefined
}
