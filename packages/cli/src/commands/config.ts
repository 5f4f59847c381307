import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Argument, Command, CommandGroup } from '../command.ts'
import { refusal } from '../refusal.ts'
import { readRuleText } from '../rule-text.ts'
import { faultLines } from '../terminal/fault.ts'
import { plural } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'

export const configGroup: CommandGroup = {
  name: 'config',
  about: "check the daemon's configuration file, or print one with every setting",
  description: [
    'The daemon reads its settings from one file in TOML, chainmail.toml in the folder of its configuration. Variables of the environment win over it, and flags over both.',
  ],
}

const file: Argument = {
  name: 'FILE',
  about: 'the configuration file; - for standard input; else the one that a daemon of this user reads',
  required: false,
  completes: 'files',
}

const checkCommand: Command = {
  name: 'config check',
  about: 'tell everything that is wrong with a configuration file',
  description: [
    'Tells every mistake of the file, with line and column: what is not TOML, settings that do not exist, values of the wrong kind or out of range. It changes nothing, and asks no daemon.',
  ],
  arguments: [file],
  options: [],
  examples: [
    { command: 'chainmail config check', about: 'before systemctl reload chainmail' },
    { command: 'chainmail config check chainmail.toml --json', about: 'for programs' },
  ],
  exits: { done: 'nothing is wrong', refused: 'something is wrong, or the file cannot be read' },
  run: async (input, session) => {
    const [{ checkFile }, path] = await Promise.all([
      import('@chainmail/daemon/configuration'),
      input.argument(file) ?? ownFile(),
    ])
    const source = await readRuleText(path, session)
    const checked = checkFile(source.text)
    const problems = [...source.problems, ...checked.problems]
    return {
      document: { file: source.name, settings: [...checked.values.keys()], problems },
      ends: problems.length === 0 ? 'done' : 'refused',
      lines: (layout) =>
        problems.length === 0
          ? [printable(`${source.name}: ${plural(checked.values.size, 'setting')}, nothing is wrong.`)]
          : faultLines(source, problems, layout),
    }
  },
}

/** The file that a daemon of this user reads when it is told nothing. */
async function ownFile(): Promise<string> {
  const { findPaths } = await import('@chainmail/daemon/client')
  const path = process.env.CHAINMAIL_CONFIG || join(findPaths().configuration, 'chainmail.toml')
  if (existsSync(path)) return path
  throw refusal(
    'file-unreadable',
    'The file cannot be read',
    `There is no configuration file ${path}, so every setting has its default.`,
    'chainmail config sample prints one with every setting.',
  )
}

const sampleCommand: Command = {
  name: 'config sample',
  about: 'print a configuration file with every setting, its meaning and its default',
  description: [
    'Prints a file in which every setting stands with its default, commented out, with what it means, its range, and the flag and the variable that also set it.',
  ],
  arguments: [],
  options: [],
  examples: [{ command: 'chainmail config sample', about: 'to begin a file with' }],
  exits: {},
  run: async () => {
    const { sampleFile } = await import('@chainmail/daemon/configuration')
    const text = sampleFile()
    return { document: { text }, text: () => [text], lines: () => text.split('\n') }
  },
}

export const configCommands: readonly Command[] = [checkCommand, sampleCommand]
