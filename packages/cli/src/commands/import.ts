import { type Argument, accessOptions, type Command, type CommandGroup } from '../command.ts'
import { flag } from '../option.ts'
import { refusal } from '../refusal.ts'
import { readRuleText } from '../rule-text.ts'
import { plural } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'

export const importGroup: CommandGroup = {
  name: 'import',
  about: 'take over the settings of another program',
  description: ["Reads another program's files and tells what follows from them for chainmail."],
}

const file: Argument = {
  name: 'FILE',
  about: "rfw's configuration file, otherwise /etc/rfw/rfw.conf; - for standard input",
  required: false,
  completes: 'files',
}

const applyOption = flag({
  name: 'apply',
  about: "put the addresses of rfw's white list into the allowlist",
})

const REASON = "rfw's white list"

export const importCommand: Command = {
  name: 'import rfw',
  about: "print the settings and the allowlist that follow from rfw's",
  description: [
    "Reads rfw.conf, and the white list that it names, and prints a configuration file for chainmail: what is not taken over stands in it as comments, and so does the allowlist. With --apply the daemon puts the white list's addresses into its allowlist; nothing else is changed.",
    'rfw itself has to be stopped: both would listen on the same ports.',
  ],
  arguments: [file],
  options: [applyOption, ...accessOptions],
  examples: [
    { command: 'chainmail import rfw', about: 'to see what follows' },
    { command: 'chainmail import rfw /etc/rfw/rfw.conf --apply', about: 'and fill the allowlist' },
  ],
  exits: {
    done: 'the settings are printed, and with --apply the allowlist holds the white list',
    refused: 'a file cannot be read, or the daemon refused an address',
  },
  run: async (input, session) => {
    const { importRfw, readWhitelistEntries } = await import('@chainmail/daemon/configuration')
    const source = await readRuleText(input.argument(file) ?? '/etc/rfw/rfw.conf', session)
    const { toml, whitelistFile, notes } = importRfw(source.text)
    const allow = whitelistFile === undefined ? [] : await entriesOf(whitelistFile, readWhitelistEntries)
    const apply = input.has(applyOption)
    if (apply) {
      const access = await session.access()
      for (const address of allow) await access.allow(address, REASON)
    }
    const said = apply
      ? [`# The allowlist holds ${plural(allow.length, 'line')} of ${whitelistFile ?? 'no white list'}.`]
      : allow.map((address) => `# chainmail allow add ${address} --reason ${JSON.stringify(REASON)}`)
    return {
      document: { file: source.name, toml, notes, allow, applied: apply },
      lines: () =>
        [...toml.trimEnd().split('\n'), ...(said.length === 0 ? [] : ['', ...said])].map(printable),
    }
  },
}

async function entriesOf(
  path: string,
  read: (text: string) => readonly string[],
): Promise<readonly string[]> {
  const { readFile } = await import('node:fs/promises')
  try {
    return read(await readFile(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw refusal('file-unreadable', 'The file cannot be read', `The white list ${path}: ${why}`)
  }
}
