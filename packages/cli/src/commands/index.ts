import type { Command, CommandGroup } from '../command.ts'
import { allowCommands, allowGroup } from './allow.ts'
import { applyCommand } from './apply.ts'
import { banCommand } from './ban.ts'
import { bansCommand } from './bans.ts'
import { checkCommand } from './check.ts'
import { completionCommandFor } from './completion.ts'
import { convertCommand } from './convert.ts'
import { fmtCommand } from './fmt.ts'
import { helpCommandFor } from './help.ts'
import { planCommand } from './plan.ts'
import { recentCommands, recentGroup } from './recent.ts'
import { rulesCommand } from './rules.ts'
import { setsCommands, setsGroup } from './sets.ts'
import { statusCommand } from './status.ts'
import { unbanCommand } from './unban.ts'
import { versionCommand } from './version.ts'

/** The commands of two words, by their first. */
export const groups: readonly CommandGroup[] = [setsGroup, recentGroup, allowGroup]

export const helpCommand = helpCommandFor(() => commands, groups)
export { versionCommand }

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  banCommand,
  unbanCommand,
  bansCommand,
  ...allowCommands,
  ...setsCommands,
  ...recentCommands,
  rulesCommand,
  planCommand,
  applyCommand,
  statusCommand,
  convertCommand,
  checkCommand,
  fmtCommand,
  completionCommandFor(() => commands, groups),
  helpCommand,
  versionCommand,
]
