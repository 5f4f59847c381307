import { accessOptions, type Command, familyOption } from '../command.ts'
import { fileArgument } from '../rule-text.ts'
import { fromOption } from './convert.ts'
import { hasColours, linesOf, ownerOption, readDesiredRules, wholeTablesOption } from './plan.ts'

export const applyCommand: Command = {
  name: 'apply',
  about: 'make the kernel hold the rules of a file',
  description: [
    'Makes what chainmail plan shows, and prints it: all of it or nothing, in one commit of the kernel for each table. No packet meets a half state, and rules that stay keep what they have counted.',
    'Where there is nothing to do, nothing is written. If another program changes the same chains at that moment, nothing is done and the command ends with 1: run it again.',
  ],
  arguments: [fileArgument],
  options: [wholeTablesOption, fromOption, familyOption, ownerOption, ...accessOptions],
  examples: [
    { command: 'chainmail apply rules.v4 --direct', about: 'the chains that the file names' },
    { command: 'chainmail apply rules.v4 --direct --whole-tables', about: 'its tables as a whole' },
  ],
  exits: { refused: 'the rules cannot be read, or the kernel refused: nothing was changed' },
  run: async (input, session) => {
    const desired = await readDesiredRules(input, session)
    const { plans } = await session.access()
    const { document, isEmpty, diff } = await plans.apply(desired)
    return {
      document,
      lines: ({ style }) => [...linesOf(diff(hasColours(style))), ...(isEmpty ? [] : ['Applied.'])],
    }
  },
}
