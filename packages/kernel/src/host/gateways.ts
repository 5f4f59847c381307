import { formatIpv4, formatIpv6 } from '../address.ts'
import { hostLittleEndian } from '../netlink/message.ts'
import { textOf } from './text-of.ts'

/** linux/route.h: RTF_UP and RTF_GATEWAY. */
const USABLE_GATEWAY = 0x1 | 0x2

/** proc(5), /proc/net/route: interface, destination, gateway, flags, …; the numbers are hexadecimal. */
const IPV4_ROUTE = /^\S+\s+[0-9A-F]{8}\s+([0-9A-F]{8})\s+([0-9A-F]{4})\s/gmu

/** net/ipv6/route.c, rt6_info_route: destination, its prefix, source, its prefix, next hop, three numbers, flags. */
const IPV6_ROUTE = /^[0-9a-f]{32} .. [0-9a-f]{32} .. ([0-9a-f]{32})(?: [0-9a-f]{8}){3} ([0-9a-f]{8}) /gmu

/**
 * The next hops of the routes of this network namespace, each once: its gateways, of both families. Of a very long
 * table only the beginning is read, where the default routes stand.
 */
export function gateways(): string[] {
  return [
    ...new Set([
      ...parseIpv4Gateways(textOf('/proc/thread-self/net/route')),
      ...parseIpv6Gateways(textOf('/proc/thread-self/net/ipv6_route')),
    ]),
  ]
}

/** The gateways in the text of /proc/net/route, which prints an address as a number of this machine. */
export function parseIpv4Gateways(text: string): string[] {
  return found(text, IPV4_ROUTE).map((hexadecimal) => {
    const bytes = Buffer.from(hexadecimal, 'hex')
    return formatIpv4(hostLittleEndian ? bytes.reverse() : bytes)
  })
}

/** The gateways in the text of /proc/net/ipv6_route. */
export function parseIpv6Gateways(text: string): string[] {
  return found(text, IPV6_ROUTE).map((hexadecimal) => formatIpv6(Buffer.from(hexadecimal, 'hex')))
}

function found(text: string, route: RegExp): string[] {
  return Array.from(text.matchAll(route)).flatMap(([, gateway = '', flags = '']) =>
    (Number.parseInt(flags, 16) & USABLE_GATEWAY) === USABLE_GATEWAY ? [gateway] : [],
  )
}
