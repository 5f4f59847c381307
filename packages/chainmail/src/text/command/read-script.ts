import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type ReadRuleset, told } from '../read-ruleset.ts'
import type { Problem } from '../save.ts'
import { unusedTable } from './apply-command.ts'
import { ChangingTable } from './changing-table.ts'
import type { Command } from './command.ts'
import { commandAt } from './parse-line.ts'
import { splitShell } from './shell.ts'

/**
 * Reads a script of iptables commands and applies them to unused tables, one after the other. Whatever is wrong is
 * told, and the command is left out.
 *
 * @param family where the script has no commands; else all of them must be for it
 */
export function readScript(text: string, family?: Family): ReadRuleset {
  const problems: Problem[] = []
  const tables = new Map<string, ChangingTable>()
  let found = family
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      problems.push(told(error))
    }
  }
  const apply = (command: Command): void => {
    found ??= command.family
    if (command.family !== found)
      throw new ChainmailError(
        'bad-command',
        `the command is for ${command.family}, and the ruleset is for ${found}.`,
      )
    const table = tables.get(command.table) ?? ChangingTable.of(unusedTable(command.table))
    table.apply(command)
    tables.set(command.table, table)
  }
  attempt(() => {
    for (const words of splitShell(text)) attempt(() => commandAt(text, words, apply))
  })
  return { family: found ?? 'ipv4', tables: Array.from(tables.values(), (table) => table.table()), problems }
}
