import type { DesiredRules } from '../access/plans.ts'
import { accessOptions, type Command, familyOption, type Input, type Session } from '../command.ts'
import { flag, text } from '../option.ts'
import { fileArgument, readRuleText, unreadable } from '../rule-text.ts'
import { plain, type Style } from '../terminal/style.ts'
import { fromOption } from './convert.ts'

export const wholeTablesOption = flag({
  name: 'whole-tables',
  about:
    'make the tables of the file exactly so: chains that it does not name and rules of others are removed',
})

export const ownerOption = text({
  name: 'owner',
  placeholder: 'NAME',
  about: 'whose rules these are: each owner replaces only its own',
  otherwise: 'main',
})

const textOption = flag({
  name: 'text',
  about: 'print what would be sent to iptables-restore --noflush, and nothing else',
})

export const planCommand: Command = {
  name: 'plan',
  about: 'show what would change if the rules of a file were applied',
  description: [
    'Compares the rules of a file, in any of the languages, with those of the kernel, and shows the difference: + comes, - goes, ~ changes, > moves. Equal rules are recognised however they are spelled. Nothing is changed.',
    'Only the chains that the file names are looked at. In the chains of the kernel, and in others that were there before, rules that chainmail did not put there stay where they are; --whole-tables removes them, and every chain that the file does not name.',
  ],
  arguments: [fileArgument],
  options: [wholeTablesOption, fromOption, familyOption, ownerOption, textOption, ...accessOptions],
  examples: [
    { command: 'chainmail plan rules.v4', about: 'what the file would change' },
    { command: 'iptables-save | chainmail plan --whole-tables', about: 'always nothing to do' },
    { command: 'chainmail plan rules.v4 --text', about: 'what would be sent to the kernel' },
  ],
  exits: {
    done: 'nothing to do: the kernel holds what the file says',
    changes: 'there is something to do',
    refused: 'wrong usage, the rules cannot be read, or the kernel refused',
  },
  run: async (input, session) => {
    const desired = await readDesiredRules(input, session)
    const { plans } = await session.access()
    const { document, isEmpty, diff, restoreText } = await plans.plan(desired)
    return {
      document,
      ends: isEmpty ? 'done' : 'changes',
      lines: ({ style }) => (input.has(textOption) ? linesOf(restoreText) : linesOf(diff(hasColours(style)))),
    }
  },
}

/** What the file says. @throws Refusal when it cannot be read */
export async function readDesiredRules(input: Input, session: Session): Promise<DesiredRules> {
  const { detectLanguage, readRuleset } = await import('chainmail/text')
  const source = await readRuleText(input.argument(fileArgument), session)
  if (source.problems.length > 0) throw unreadable(source, source.problems)
  const language = input.value(fromOption) ?? detectLanguage(source.text)
  const { family, tables, problems } = readRuleset(source.text, language, input.value(familyOption))
  if (problems.length > 0) throw unreadable(source, problems)
  const scope = input.has(wholeTablesOption) ? 'table' : 'named'
  return {
    text: source.text,
    language,
    tables,
    family,
    scope,
    owner: input.value(ownerOption),
    silent: language === 'args',
  }
}

export function hasColours(style: Style): boolean {
  return style !== plain
}

export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
