import { type Command, familyOption } from '../command.ts'
import { choice } from '../option.ts'
import {
  fileArgument,
  iptablesOption,
  languages,
  readRuleText,
  spellingFor,
  unreadable,
} from '../rule-text.ts'
import { printable } from '../terminal/text.ts'

export const fromOption = choice({
  name: 'from',
  placeholder: 'LANGUAGE',
  choices: languages,
  about: 'the language of the rules that are read',
  otherwise: 'what the text begins like',
})

const toOption = choice({
  name: 'to',
  placeholder: 'LANGUAGE',
  choices: languages,
  about: 'the language to write them in',
  otherwise: 'json for save, else save',
})

export const convertCommand: Command = {
  name: 'convert',
  about: 'translate rules between iptables-save, commands, JSON and XML',
  description: [
    'Reads a ruleset and writes it in another language, without a kernel: save is what iptables-save prints, args are iptables commands, one a line, json is what the API speaks, and xml is that of iptables-xml.',
    'Nothing is lost on the way, but what args cannot say: what the policies of chains have counted.',
    'Commands are taken apart, never run: quotes are read as a shell reads them, and what a shell would expand, run or redirect is refused.',
  ],
  arguments: [fileArgument],
  options: [fromOption, toOption, familyOption, iptablesOption],
  examples: [
    { command: 'iptables-save | chainmail convert', about: 'the rules of this host as JSON' },
    { command: 'chainmail convert rules.json', about: 'back to what iptables-restore reads' },
    { command: 'chainmail convert firewall.sh --from args --to json', about: 'a script of commands' },
  ],
  exits: { refused: 'the rules cannot be read' },
  run: async (input, session) => {
    const { detectLanguage, readRuleset, renderRuleset } = await import('chainmail/text')
    const source = await readRuleText(input.argument(fileArgument), session)
    const from = input.value(fromOption) ?? detectLanguage(source.text)
    const to = input.value(toOption) ?? (from === 'save' ? 'json' : 'save')
    if (source.problems.length > 0) throw unreadable(source, source.problems)
    const { family, tables, problems } = readRuleset(source.text, from, input.value(familyOption))
    if (problems.length > 0) throw unreadable(source, problems)
    const spelling = to === 'save' ? await spellingFor(input.value(iptablesOption), family) : {}
    const text = renderRuleset(tables, to, family, spelling)
    return {
      document: { from, to, family, text },
      lines: ({ columns }) => {
        const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
        return Number.isFinite(columns) ? lines.map(printable) : lines
      },
    }
  },
}
