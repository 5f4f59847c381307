import { protocolNames, protocolNumbers } from '../protocols.ts'

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
  return protocolNames.get(protocol) ?? String(protocol)
}

/** The number, 1 to 255, of a protocol's name in any case or its decimal text; undefined when it is neither. */
export function protocolNumber(text: string): number | undefined {
  const number = protocolNumbers.get(text.toLowerCase())
  if (number !== undefined) return number
  return /^[1-9][0-9]{0,2}$/u.test(text) && Number(text) <= 255 ? Number(text) : undefined
}
