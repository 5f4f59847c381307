import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises'
import { type Command, familyOption } from '../command.ts'
import { flag } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import {
  fileArgument,
  iptablesOption,
  readRuleText,
  spellingFor,
  unreachableFile,
  unreadable,
} from '../rule-text.ts'
import { printable } from '../terminal/text.ts'

const writeOption = flag({
  name: 'write',
  short: 'w',
  about: 'put the text into the file instead of printing it',
})

const checkOption = flag({ name: 'check', about: 'print nothing but whether the file is written so already' })

export const fmtCommand: Command = {
  name: 'fmt',
  about: 'write a dump as iptables-save would print it',
  description: [
    'Writes each rule of a dump in its canonical form, which is what iptables-save prints after the rule was loaded: masks, names, the order of options, quotes. Comments, blank lines and the order of the lines stay.',
  ],
  arguments: [fileArgument],
  options: [writeOption, checkOption, familyOption, iptablesOption],
  examples: [
    { command: 'chainmail fmt rules.v4', about: 'on standard output' },
    { command: 'chainmail fmt --write rules.v4', about: 'in place' },
    { command: 'chainmail fmt --check rules.v4', about: 'for a test: the exit code tells' },
  ],
  exits: { refused: 'the rules cannot be read, or with --check the file is not written so' },
  run: async (input, session) => {
    const file = input.argument(fileArgument)
    const write = input.has(writeOption)
    const check = input.has(checkOption)
    if (write && check) throw wrongUsage('--write and --check exclude each other.')
    if (write && (file === undefined || file === '-'))
      throw wrongUsage('--write needs a file; standard input cannot be written to.')
    const source = await readRuleText(file, session)
    if (source.problems.length > 0) throw unreadable(source, source.problems)
    const { dumpFamily, formatSave } = await import('chainmail/text')
    const family = input.value(familyOption) ?? dumpFamily(source.text)
    const spelling = await spellingFor(input.value(iptablesOption), family)
    const { text, problems } = formatSave(source.text, { family, ...spelling })
    if (problems.length > 0) throw unreadable(source, problems)
    const canonical = text === source.text
    if (write && file !== undefined && !canonical) await replaceFile(file, text)
    const { name } = source
    if (write || check) {
      const sentence = canonical ? 'is canonical' : write ? 'was rewritten' : 'is not canonical'
      return {
        document: { file: name, canonical, written: write && !canonical },
        ends: check && !canonical ? 'refused' : 'done',
        lines: () => [printable(`${name} ${sentence}.`)],
      }
    }
    return {
      document: { file: name, canonical, text },
      lines: ({ columns }) => {
        const lines = text.replace(/\n$/, '').split('\n')
        return Number.isFinite(columns) ? lines.map(printable) : lines
      },
    }
  },
}

/** The file is the old one or the new one, never a part of it. */
async function replaceFile(file: string, text: string): Promise<void> {
  const aside = `${file}.${crypto.randomUUID()}`
  try {
    const { mode } = await stat(file)
    await writeFile(aside, text, { flag: 'wx', mode: 0o600 })
    await chmod(aside, mode & 0o7777)
    await rename(aside, file)
  } catch (error) {
    await rm(aside, { force: true })
    if (!(error instanceof Error)) throw error
    throw unreachableFile(file, 'written', error)
  }
}
