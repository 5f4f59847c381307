import { lookup, lookupService } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Family } from '../address.ts'
import { textOf } from './text-of.ts'

/** What this host calls services, networks, users and groups, by the files of services(5) and the others. */
export interface HostNames {
  service(port: number, protocol: string | undefined): string | undefined
  /** @param address the first address of the network */
  network(address: string): string | undefined
  user(id: number): string | undefined
  group(id: number): string | undefined
}

/** Reads the files when this is called; one that is not there has no names. */
export function hostNames(): HostNames {
  const services = parseServices(textOf('/etc/services'))
  const networks = parseNetworks(textOf('/etc/networks'))
  const users = parseIds(textOf('/etc/passwd'))
  const groups = parseIds(textOf('/etc/group'))
  return {
    service: (port, protocol) => services.get(`${port}/${protocol ?? ''}`),
    network: (address) => networks.get(address),
    user: (id) => users.get(id),
    group: (id) => groups.get(id),
  }
}

/**
 * The names of single addresses, of those that have one; asks the resolver of this host, which may ask the network.
 */
export async function nameAddresses(addresses: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const named = await Promise.all(
    Array.from(new Set(addresses), async (address): Promise<readonly [string, string][]> => {
      if (isIP(address) === 0) return []
      try {
        const { hostname } = await lookupService(address, 0)
        return hostname === address ? [] : [[address, hostname]]
      } catch {
        // The resolver has no name for it, or does not answer: the address stands for itself.
        return []
      }
    }),
  )
  return new Map(named.flat())
}

/** The addresses of a family that a host name stands for, each once; none where the resolver knows of none. */
export async function resolveHost(name: string, family: Family): Promise<readonly string[]> {
  try {
    const found = await lookup(name, { all: true, family: family === 'ipv4' ? 4 : 6 })
    return [...new Set(found.map(({ address }) => address))]
  } catch {
    // There is no such name, or nobody answers: iptables makes no difference either.
    return []
  }
}

/** services(5): the first name of each port, by `PORT/PROTOCOL` and, for any protocol, by `PORT/`. */
export function parseServices(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const [, name = '', port = '', protocol = ''] of text.matchAll(/^([^\s#]+)[ \t]+(\d+)\/(\w+)/gmu)) {
    for (const key of [`${port}/${protocol}`, `${port}/`]) if (!names.has(key)) names.set(key, name)
  }
  return names
}

/** networks(5): the name of each network. */
export function parseNetworks(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(text.matchAll(/^([^\s#]+)[ \t]+([\d.]+)/gmu), ([, name = '', network = '']) => [
      network,
      name,
    ]),
  )
}

/** passwd(5) and group(5): names by their numbers. */
export function parseIds(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const [, name = '', id = ''] of text.matchAll(/^([^:#\n]+):[^:\n]*:(\d+):/gmu))
    if (!names.has(Number(id))) names.set(Number(id), name)
  return names
}
