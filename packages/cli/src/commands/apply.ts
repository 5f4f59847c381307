import type { AppliedPlan, ShownPlan } from '../access/plans.ts'
import { accessOptions, type Command, familyOption, type Input } from '../command.ts'
import { fileArgument } from '../rule-text.ts'
import type { Dialogue } from '../terminal/dialogue.ts'
import { fromOption } from './convert.ts'
import { forceOption } from './force.ts'
import { hasColours, linesOf, ownerOption, readDesiredRules, wholeTablesOption } from './plan.ts'
import { confirmWithinOption, conversation, decide, onHangupOption, pendingText } from './probation.ts'
import { whyOption } from './revision.ts'

export const applyCommand: Command = {
  name: 'apply',
  about: 'make the kernel hold the rules of a file',
  description: [
    'Makes what chainmail plan shows, and prints it: all of it or nothing, in one commit of the kernel for each table. No packet meets a half state, and rules that stay keep what they have counted.',
    'Where there is nothing to do, nothing is written. If another program changes the same chains at that moment, nothing is done and the command ends with 1: run it again.',
    'A change that would shut out an address of the allowlist, or whoever types the command by ssh, is refused, with the rule that does it.',
    'With --confirm-within the change is on probation instead: unless it is confirmed in time, it is taken back by a process of its own, whatever happens to this one, its terminal and its connection. At a terminal, type yes to keep it or no to take it back; from elsewhere, chainmail confirm and chainmail revert. Without a terminal the command ends at once and tells the name of the change.',
  ],
  arguments: [fileArgument],
  options: [
    wholeTablesOption,
    confirmWithinOption,
    onHangupOption,
    forceOption,
    whyOption,
    fromOption,
    familyOption,
    ownerOption,
    ...accessOptions,
  ],
  examples: [
    { command: 'chainmail apply rules.v4', about: 'the chains that the file names' },
    { command: 'chainmail apply rules.v4 --whole-tables', about: 'its tables as a whole' },
    {
      command: 'chainmail apply rules.v4 --confirm-within 60s',
      about: 'taken back after a minute unless you keep it',
    },
  ],
  exits: {
    refused: 'the rules cannot be read, or the kernel refused, and nothing was changed; or it was taken back',
    interrupted: 'interrupted with Ctrl-C, or the terminal was closed, while the change was on probation',
  },
  run: async (input, session) => {
    const desired = await readDesiredRules(input, session)
    const { plans } = await session.access()
    const confirmWithin = input.value(confirmWithinOption)
    using dialogue = conversation(input, session)
    const applied = await plans.apply(desired, {
      confirmWithin,
      force: input.has(forceOption),
      why: input.value(whyOption),
      sender: session.sender(),
      ...(dialogue === undefined ? {} : { onPlan: showOn(dialogue) }),
    })
    const { document, probation } = applied
    if (dialogue === undefined || probation === undefined)
      return { document, lines: ({ style }) => tellingOf(applied, hasColours(style), input) }
    return await decide(dialogue, plans, probation, input)
  },
}

function showOn(dialogue: Dialogue): (plan: ShownPlan) => void {
  return ({ isEmpty, diff }) => {
    if (!isEmpty) dialogue.write(`${diff(false).trimEnd()}\n`)
  }
}

function tellingOf(
  { isEmpty, diff, probation }: AppliedPlan,
  colour: boolean,
  input: Input,
): readonly string[] {
  const lines = linesOf(diff(colour))
  if (isEmpty) return lines
  if (probation === undefined) return [...lines, 'Applied.']
  return [...lines, `Applied on probation: ${pendingText(probation, input)}`]
}
