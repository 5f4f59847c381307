/** What the host calls things; iptables -L without -n asks for it. Each is undefined where there is no name. */
export interface ListedNames {
  /** The name of a single address. */
  host(address: string): string | undefined
  /** The name that networks(5) has for a network's address. */
  network(address: string): string | undefined
  /** The name that services(5) has for a port, of a protocol if one is named. */
  service(port: number, protocol: string | undefined): string | undefined
  user(id: number): string | undefined
  group(id: number): string | undefined
}

/** A host that has no names for anything. */
export const noNames: ListedNames = {
  host: () => undefined,
  network: () => undefined,
  service: () => undefined,
  user: () => undefined,
  group: () => undefined,
}
