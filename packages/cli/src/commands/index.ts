import type { Command } from '../command.ts'
import { banCommand } from './ban.ts'
import { bansCommand } from './bans.ts'
import { checkCommand } from './check.ts'
import { completionCommandFor } from './completion.ts'
import { convertCommand } from './convert.ts'
import { fmtCommand } from './fmt.ts'
import { helpCommandFor } from './help.ts'
import { rulesCommand } from './rules.ts'
import { statusCommand } from './status.ts'
import { unbanCommand } from './unban.ts'
import { versionCommand } from './version.ts'

export const helpCommand = helpCommandFor(() => commands)
export { versionCommand }

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  banCommand,
  unbanCommand,
  bansCommand,
  rulesCommand,
  statusCommand,
  convertCommand,
  checkCommand,
  fmtCommand,
  completionCommandFor(() => commands),
  helpCommand,
  versionCommand,
]
