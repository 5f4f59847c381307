import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import type { NetworkBlock } from '../../network.ts'
import { networkBlock } from '../../network.ts'
import type { AllowedNetwork } from '../bans/allow-snapshot.ts'

/** What a change must not shut out. */
export interface GuardOptions {
  /** A change on probation is refused too. */
  readonly alsoOnProbation?: boolean | undefined
  /** The address that the change comes from. */
  readonly sender?: string | undefined
  /** The TCP ports of this host that it comes by, and those that have to stay reachable: the daemon's, that of ssh. */
  readonly ports?: readonly number[] | undefined
  /** The address of this host that the sender talks to, which tells the interface. */
  readonly local?: string | undefined
  /** TCP ports of this host that have to stay reachable for somebody, whoever sends the change: a service's own. */
  readonly services?: readonly number[] | undefined
}

/** A packet of a connection with this host, as far as it is known. */
export interface GuardedPacket {
  /** Who would be shut out, for people: `the sender 192.0.2.7`. */
  readonly about: string
  readonly family: Family
  /** `in` begins a connection from outside, `out` answers it. */
  readonly direction: 'in' | 'out'
  /** The other end, one address or all of a network; undefined for anybody. */
  readonly remote: NetworkBlock | undefined
  readonly local: NetworkBlock | undefined
  /** By which it comes and goes; undefined where that is not known, but then it is not `lo`. */
  readonly interface: string | undefined
  /** The port of this host, of TCP; undefined for any protocol and port. */
  readonly port: number | undefined
  /** Only what names the other end counts, by its address or in a set: not what shuts everybody out. */
  readonly onlyNamed: boolean
}

export interface Surroundings {
  readonly allowed: readonly AllowedNetwork[]
  /** Addresses of this host and their interfaces. */
  readonly interfaces: readonly { readonly address: string; readonly interface: string }[]
}

/**
 * The packets that a change is judged by: those of the sender, of the allowlist, and of anybody to the given ports.
 *
 * @throws AddressError, ChainmailError `bad-address`, `bad-request`
 */
export function guardedPackets(
  { sender, ports = [], local, services = [] }: GuardOptions,
  { allowed, interfaces }: Surroundings,
): readonly GuardedPacket[] {
  for (const port of [...ports, ...services])
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new ChainmailError('bad-request', `guard.ports: ${shown(port)} is no port.`, {
        path: 'guard.ports',
      })
  const own = new Map(interfaces.map(({ address, interface: name }) => [address, name]))
  const outer = [...new Set(own.values())].filter((name) => name !== 'lo')
  const usual = outer.length === 1 ? outer[0] : undefined
  const both = (packet: Omit<GuardedPacket, 'direction'>): readonly GuardedPacket[] => [
    { ...packet, direction: 'in' },
    { ...packet, direction: 'out' },
  ]
  const packets: GuardedPacket[] = []
  if (sender !== undefined) {
    const remote = networkBlock(sender)
    const isHere = own.has(remote.address) || isLoopback(remote)
    const by = isHere ? 'lo' : ((local === undefined ? undefined : own.get(local)) ?? usual)
    const known = {
      family: remote.family,
      remote,
      local: local === undefined ? undefined : networkBlock(local),
      interface: by,
    }
    const about = `the sender ${remote.address}`
    if (ports.length === 0) packets.push(...both({ about, ...known, port: undefined, onlyNamed: true }))
    for (const port of ports)
      packets.push(...both({ about: `${about} (tcp port ${port})`, ...known, port, onlyNamed: false }))
  }
  for (const port of new Set(sender === undefined ? [...ports, ...services] : services))
    for (const family of ['ipv4', 'ipv6'] as const)
      packets.push(
        ...both({
          about: `everybody from tcp port ${port}`,
          family,
          remote: undefined,
          local: undefined,
          interface: usual,
          port,
          onlyNamed: false,
        }),
      )
  for (const { address, family, reason } of allowed) {
    const remote = networkBlock(address)
    packets.push(
      ...both({
        about: `the allowed ${address}${reason === undefined ? '' : ` (${reason})`}`,
        family,
        remote,
        local: undefined,
        interface: own.has(remote.address) || isLoopback(remote) ? 'lo' : usual,
        port: undefined,
        onlyNamed: true,
      }),
    )
  }
  return packets
}

function isLoopback({ family, bytes, address }: NetworkBlock): boolean {
  return family === 'ipv4' ? bytes[0] === 127 : address === '::1'
}
