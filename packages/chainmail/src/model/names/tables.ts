/** A chain of the kernel's own: where on its way a packet meets it. */
export type BuiltInChain = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** The tables and the chains that the kernel has in them from the beginning. iptables(8), TABLES */
const builtInChains: Readonly<Record<string, readonly BuiltInChain[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

export const tableNames: readonly string[] = Object.keys(builtInChains)

export function isTableName(name: string): boolean {
  return Object.hasOwn(builtInChains, name)
}

/** The chains of a table that the kernel makes itself, in its order; none for a table that it does not have. */
export function builtInChainsOf(table: string): readonly string[] {
  return isTableName(table) ? (builtInChains[table] ?? []) : []
}

export function isBuiltIn(table: string, chain: string): boolean {
  return builtInChainsOf(table).includes(chain)
}
