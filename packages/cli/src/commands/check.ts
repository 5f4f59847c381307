import type { Problem } from 'chainmail/text'
import { type Command, familyOption } from '../command.ts'
import { choice } from '../option.ts'
import { fileArgument, languages, readRuleText } from '../rule-text.ts'
import { faultLines } from '../terminal/fault.ts'
import { plural } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'

const languageOption = choice({
  name: 'language',
  placeholder: 'LANGUAGE',
  choices: languages,
  about: 'the language of the rules',
  otherwise: 'what the text begins like',
})

export const checkCommand: Command = {
  name: 'check',
  about: 'tell everything that is wrong with a file of rules',
  description: [
    'Reads a dump of iptables-save, a script of iptables commands, JSON or XML, and tells everything in it that iptables would refuse, with line, column and a stable code. It needs no kernel and changes nothing.',
    'What only a kernel knows it does not tell: whether a set or a module exists.',
  ],
  arguments: [fileArgument],
  options: [languageOption, familyOption],
  examples: [
    { command: 'chainmail check /etc/iptables/rules.v4', about: 'before it is loaded' },
    { command: 'iptables-save | chainmail check --json', about: 'for programs' },
  ],
  exits: { done: 'nothing is wrong', refused: 'something is wrong, or the file cannot be read' },
  run: async (input, session) => {
    const { detectLanguage, readRuleset } = await import('chainmail/text')
    const source = await readRuleText(input.argument(fileArgument), session)
    const language = input.value(languageOption) ?? detectLanguage(source.text)
    const ruleset = readRuleset(source.text, language, input.value(familyOption))
    const problems = [...source.problems, ...ruleset.problems].toSorted(byPlace)
    const { family, tables } = ruleset
    const rules = tables.flatMap(({ chains }) => chains).reduce((sum, { rules }) => sum + rules.length, 0)
    return {
      document: { file: source.name, language, family, rules, problems },
      ends: problems.length === 0 ? 'done' : 'refused',
      lines: (layout) =>
        problems.length === 0
          ? [printable(`${source.name}: ${plural(rules, 'rule')} for ${family}, nothing is wrong.`)]
          : faultLines(source, problems, layout),
    }
  },
}

function byPlace(one: Problem, other: Problem): number {
  return one.line - other.line || one.column - other.column
}
