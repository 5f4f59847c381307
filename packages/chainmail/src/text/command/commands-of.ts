import type { Family } from '@chainmail/kernel'
import type { Table } from '../save.ts'
import type { Command } from './command.ts'

/**
 * The commands that make these tables out of unused ones: chains and policies first, so that every rule finds what
 * it jumps to. What the policies have counted is lost: no command sets it.
 */
export function commandsOf(tables: readonly Table[], family: Family): Command[] {
  return tables.flatMap(({ name: table, chains }) => {
    const place = { family, table }
    const made = chains.map(
      ({ name: chain, policy }): Command =>
        policy === undefined
          ? { ...place, operation: 'new-chain', chain }
          : { ...place, operation: 'policy', chain, policy },
    )
    const filled = chains.flatMap(({ name: chain, rules }) =>
      rules.map(({ text: _, ...rule }): Command => ({ ...place, operation: 'append', chain, rules: [rule] })),
    )
    return [...made, ...filled]
  })
}
