import { isIP } from 'node:net'
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { formatAddress, parseAddress } from '@chainmail/kernel/address'

/** By which clients reach a host; each once. */
export interface HostNames {
  readonly names: readonly string[]
  readonly addresses: readonly string[]
}

/** Characters of a DNS name, RFC 1035. */
const LONGEST_NAME = 253
const namePattern = /^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*$/

/**
 * The names and addresses of this host, localhost's and those that the configuration adds.
 * @param more names and addresses
 */
export function hostNamesOf(
  more: readonly string[],
  host = hostname(),
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): HostNames {
  const own = Object.values(interfaces).flatMap((entries = []) =>
    entries
      // Nobody can say an address of a link without the link.
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
      .map(({ address }) => address),
  )
  const names = [host.toLowerCase(), ...more.filter((name) => isIP(name) === 0), 'localhost']
  const addresses = [...more.filter((name) => isIP(name) !== 0), ...own, '127.0.0.1', '::1']
  return {
    names: [...new Set(names.filter(isHostName))],
    addresses: [...new Set(addresses.map((address) => formatAddress(parseAddress(address))))],
  }
}

/** Whether a text is a DNS name, in small letters. */
export function isHostName(text: string): boolean {
  return text.length <= LONGEST_NAME && namePattern.test(text)
}
