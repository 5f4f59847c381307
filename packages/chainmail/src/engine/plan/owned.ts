import type { Family } from '@chainmail/kernel'
import { renderRule } from '../../text/render-rule.ts'
import type { ListedTable } from './listing.ts'
import { Marker, REGISTRY, registration } from './marker.ts'

/** What the kernel holds of a chain in which an owner has rules. */
export interface OwnedChain {
  /** Absent for a chain that is not the kernel's own. */
  readonly policy?: string
  /** The owner's rules, without his mark; all rules of a chain that is his, or that he wants exactly so. */
  readonly rules: readonly string[]
}

/** A chain that an owner has rules in. */
export interface SoughtChain {
  readonly table: string
  readonly chain: string
  /** Whether he wants no rules of others in it. */
  readonly exact?: boolean | undefined
}

/** @returns undefined where there is no such chain */
export function ownedChain(
  tables: readonly ListedTable[],
  family: Family,
  { table, chain: name, exact }: SoughtChain,
  owner: string,
): OwnedChain | undefined {
  const place = { table, family }
  const chains = tables.find((one) => one.name === table)?.chains ?? []
  const chain = chains.find((one) => one.name === name)
  if (chain === undefined) return undefined
  const words = renderRule(registration(owner, name), place)
  const isOwn = chains.find((one) => one.name === REGISTRY)?.rules.some(({ text }) => text === words)
  const marker = new Marker(owner)
  const rules = chain.rules.flatMap(({ text }) => {
    const bare = marker.strip(text)
    return bare === undefined && isOwn !== true && exact !== true ? [] : [bare ?? text]
  })
  return chain.policy === undefined ? { rules } : { policy: chain.policy, rules }
}
