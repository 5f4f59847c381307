import type { Command, CommandGroup } from '../command.ts'
import { allowCommands, allowGroup } from './allow.ts'
import { applyCommand } from './apply.ts'
import { auditCommand } from './audit.ts'
import { banCommand } from './ban.ts'
import { bansCommand } from './bans.ts'
import { certCommands, certGroup } from './cert.ts'
import { checkCommand } from './check.ts'
import { completionCommandFor } from './completion.ts'
import { configCommands, configGroup } from './config.ts'
import { confirmCommand } from './confirm.ts'
import { convertCommand } from './convert.ts'
import { diffCommand } from './diff.ts'
import { fmtCommand } from './fmt.ts'
import { helpCommandFor } from './help.ts'
import { importCommand, importGroup } from './import.ts'
import { installCommand, uninstallCommand } from './install.ts'
import { programCommands } from './iptables.ts'
import { keysCommands, keysGroup } from './keys.ts'
import { logCommand } from './log.ts'
import { planCommand } from './plan.ts'
import { recentCommands, recentGroup } from './recent.ts'
import { revertCommand } from './revert.ts'
import { rollbackCommand } from './rollback.ts'
import { ruleCommands, ruleGroup } from './rule.ts'
import { rulesCommand } from './rules.ts'
import { scriptCommand } from './script.ts'
import { setsCommands, setsGroup } from './sets.ts'
import { showCommand } from './show.ts'
import { statusCommand } from './status.ts'
import { topCommand } from './top.ts'
import { unbanCommand } from './unban.ts'
import { versionCommand } from './version.ts'
import { watchCommand } from './watch.ts'

/** The commands of two words, by their first. */
export const groups: readonly CommandGroup[] = [
  setsGroup,
  recentGroup,
  ruleGroup,
  allowGroup,
  configGroup,
  certGroup,
  keysGroup,
  importGroup,
]

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
  ...ruleCommands,
  planCommand,
  applyCommand,
  confirmCommand,
  revertCommand,
  logCommand,
  showCommand,
  diffCommand,
  rollbackCommand,
  watchCommand,
  auditCommand,
  statusCommand,
  topCommand,
  convertCommand,
  checkCommand,
  fmtCommand,
  ...configCommands,
  ...certCommands,
  ...keysCommands,
  importCommand,
  installCommand,
  uninstallCommand,
  ...programCommands,
  scriptCommand,
  completionCommandFor(() => commands, groups),
  helpCommand,
  versionCommand,
]
