/** The tables and the chains that the kernel has in them from the beginning. iptables(8), TABLES */
const builtInChains: Readonly<Record<string, readonly string[]>> = {
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

export function isBuiltIn(table: string, chain: string): boolean {
  return isTableName(table) && builtInChains[table]?.includes(chain) === true
}
