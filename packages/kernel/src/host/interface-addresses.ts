import { networkInterfaces } from 'node:os'

/** An address of this network namespace, and the interface that has it. */
export interface InterfaceAddress {
  /** Without a prefix and a zone: `192.0.2.1`, `fe80::1`. */
  readonly address: string
  readonly interface: string
}

/** The addresses of all interfaces that are up, see getifaddrs(3). */
export function interfaceAddresses(): InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ address }) => ({ address, interface: name })),
  )
}
