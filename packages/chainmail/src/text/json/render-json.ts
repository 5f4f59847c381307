import type { Family } from '@chainmail/kernel'
import type { Table } from '../save.ts'

/**
 * A ruleset as JSON text: what `parseJson` reads and `rulesetSchema` describes. Counters above 2^53 - 1 are written
 * as decimal text.
 */
export function renderJson(tables: readonly Table[], family: Family): string {
  const document = {
    family,
    tables: tables.map(({ name, chains }) => ({
      name,
      chains: chains.map((chain) => ({
        ...chain,
        rules: chain.rules.map(({ text: _, ...rule }) => rule),
      })),
    })),
  }
  return `${JSON.stringify(document, decimal, 2)}\n`
}

function decimal(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
