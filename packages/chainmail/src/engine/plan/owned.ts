import { renderRule } from '../../text/render-rule.ts'
import type { Place } from '../operation.ts'
import type { ListedTable } from './listing.ts'
import { Marker, REGISTRY, registration } from './marker.ts'

/** What the kernel holds of a chain in which an owner has rules. */
export interface OwnedChain {
  /** Absent for a chain that is not the kernel's own. */
  readonly policy?: string
  /** The owner's rules, without his mark. */
  readonly rules: readonly string[]
}

/** @returns undefined where there is no such chain */
export function ownedChain(
  tables: readonly ListedTable[],
  place: Place,
  name: string,
  owner: string,
): OwnedChain | undefined {
  const chains = tables.find((table) => table.name === place.table)?.chains ?? []
  const chain = chains.find((one) => one.name === name)
  if (chain === undefined) return undefined
  const words = renderRule(registration(owner, name), place)
  const isWholly = chains.find((one) => one.name === REGISTRY)?.rules.some(({ text }) => text === words)
  const marker = new Marker(owner)
  const rules = chain.rules.flatMap(({ text }) => {
    const bare = marker.strip(text)
    return bare === undefined && isWholly !== true ? [] : [bare ?? text]
  })
  return chain.policy === undefined ? { rules } : { policy: chain.policy, rules }
}
