import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type ReadRuleset, told } from '../read-ruleset.ts'
import type { Problem, Table } from '../save.ts'
import { applyCommand } from './apply-command.ts'
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
  let tables: readonly Table[] = []
  let found = family
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      problems.push(told(error))
    }
  }
  attempt(() => {
    for (const words of splitShell(text)) {
      attempt(() => {
        commandAt(text, words, (command) => {
          found ??= command.family
          if (command.family !== found)
            throw new ChainmailError(
              'bad-command',
              `the command is for ${command.family}, and the ruleset is for ${found}.`,
            )
          tables = applyCommand(tables, command)
        })
      })
    }
  })
  return { family: found ?? 'ipv4', tables, problems }
}
