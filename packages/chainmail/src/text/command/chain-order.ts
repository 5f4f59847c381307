import { builtInChainsOf } from '../../model/names/tables.ts'
import type { Chain } from '../save.ts'

/** The kernel's own chains first, in its order, and the others by their names' bytes: as iptables-save prints. */
export function sortedChains(table: string, chains: readonly Chain[]): readonly Chain[] {
  const builtIn = builtInChainsOf(table)
  const own = builtIn.flatMap((name) => chains.filter((chain) => chain.name === name))
  const others = chains
    .filter(({ name }) => !builtIn.includes(name))
    .map((chain) => ({ chain, bytes: Buffer.from(chain.name) }))
    .toSorted((one, other) => Buffer.compare(one.bytes, other.bytes))
  return [...own, ...others.map(({ chain }) => chain)]
}
