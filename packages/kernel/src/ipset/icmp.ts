/**
 * The names that ipset(8) has for types and codes of ICMP and ICMPv6, as `ipset help hash:ip,port` lists them. Numbers:
 * linux/icmp.h, linux/icmpv6.h. Where two names mean the same, the first is printed.
 */

type NamedCode = readonly [name: string, type: number, code: number]

const icmpNames: readonly NamedCode[] = [
  ['echo-reply', 0, 0],
  ['pong', 0, 0],
  ['network-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['fragmentation-needed', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['network-prohibited', 3, 9],
  ['host-prohibited', 3, 10],
  ['TOS-network-unreachable', 3, 11],
  ['TOS-host-unreachable', 3, 12],
  ['communication-prohibited', 3, 13],
  ['host-precedence-violation', 3, 14],
  ['precedence-cutoff', 3, 15],
  ['source-quench', 4, 0],
  ['network-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['TOS-network-redirect', 5, 2],
  ['TOS-host-redirect', 5, 3],
  ['echo-request', 8, 0],
  ['ping', 8, 0],
  ['router-advertisement', 9, 0],
  ['router-solicitation', 10, 0],
  ['ttl-zero-during-transit', 11, 0],
  ['ttl-zero-during-reassembly', 11, 1],
  ['ip-header-bad', 12, 0],
  ['required-option-missing', 12, 1],
  ['timestamp-request', 13, 0],
  ['timestamp-reply', 14, 0],
  ['address-mask-request', 17, 0],
  ['address-mask-reply', 18, 0],
]

const icmpv6Names: readonly NamedCode[] = [
  ['no-route', 1, 0],
  ['communication-prohibited', 1, 1],
  ['address-unreachable', 1, 3],
  ['port-unreachable', 1, 4],
  ['packet-too-big', 2, 0],
  ['ttl-zero-during-transit', 3, 0],
  ['ttl-zero-during-reassembly', 3, 1],
  ['bad-header', 4, 0],
  ['unknown-header-type', 4, 1],
  ['unknown-option', 4, 2],
  ['echo-request', 128, 0],
  ['ping', 128, 0],
  ['echo-reply', 129, 0],
  ['pong', 129, 0],
  ['router-solicitation', 133, 0],
  ['router-advertisement', 134, 0],
  ['neighbour-solicitation', 135, 0],
  ['neigbour-solicitation', 135, 0],
  ['neighbour-advertisement', 136, 0],
  ['neigbour-advertisement', 136, 0],
  ['redirect', 137, 0],
]

const typeAndCodePattern = /^(0|[1-9][0-9]{0,2})\/(0|[1-9][0-9]{0,2})$/u

/** Reads and writes `echo-request` or `8/0`; the kernel keeps them as a port, the type in the upper byte. */
export class IcmpNames {
  readonly #ports: ReadonlyMap<string, number>
  readonly #names = new Map<number, string>()

  constructor(names: readonly NamedCode[]) {
    this.#ports = new Map(names.map(([name, type, code]) => [name.toLowerCase(), (type << 8) | code]))
    for (const [name, type, code] of names) {
      const port = (type << 8) | code
      if (!this.#names.has(port)) this.#names.set(port, name)
    }
  }

  /** The port for a name, in any case, or for `type/code`; undefined when the text is neither. */
  parse(text: string): number | undefined {
    const port = this.#ports.get(text.toLowerCase())
    if (port !== undefined) return port
    const match = typeAndCodePattern.exec(text)
    const type = Number(match?.[1] ?? 256)
    const code = Number(match?.[2] ?? 256)
    return type > 255 || code > 255 ? undefined : (type << 8) | code
  }

  format(port: number): string {
    return this.#names.get(port) ?? `${port >>> 8}/${port & 0xff}`
  }
}

export const icmp = new IcmpNames(icmpNames)
export const icmpv6 = new IcmpNames(icmpv6Names)
