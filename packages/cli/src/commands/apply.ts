import type { AppliedPlan, PlansAccess, ProbationAccess, ShownPlan } from '../access/plans.ts'
import {
  type Answer,
  accessOptions,
  type Command,
  directOption,
  familyOption,
  jsonOption,
} from '../command.ts'
import { choice, text } from '../option.ts'
import { fileArgument } from '../rule-text.ts'
import { Countdown } from '../terminal/countdown.ts'
import type { BrokenOff, Dialogue } from '../terminal/dialogue.ts'
import { fromOption } from './convert.ts'
import { forceOption } from './force.ts'
import { hasColours, linesOf, ownerOption, readDesiredRules, wholeTablesOption } from './plan.ts'
import { whyOption } from './revision.ts'

const confirmWithinOption = text({
  name: 'confirm-within',
  placeholder: 'DURATION',
  about: 'take the change back unless it is confirmed within this time, such as 60s',
})

const onHangupOption = choice({
  name: 'on-hangup',
  placeholder: 'WHAT',
  choices: ['revert', 'wait'],
  about:
    'what becomes of a change on probation when the terminal is closed or Ctrl-C is pressed: taken back at once, or when its time is over',
  otherwise: 'revert',
})

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
    const talks = confirmWithin !== undefined && !input.has(jsonOption)
    using dialogue = talks ? session.dialogue() : undefined
    const applied = await plans.apply(desired, {
      confirmWithin,
      force: input.has(forceOption),
      why: input.value(whyOption),
      sender: session.sender(),
      ...(dialogue === undefined ? {} : { onPlan: showOn(dialogue) }),
    })
    const { document, probation } = applied
    const confirming = input.has(directOption) ? ' --direct' : ''
    if (dialogue === undefined || probation === undefined)
      return { document, lines: ({ style }) => tellingOf(applied, hasColours(style), confirming) }
    const answer = await answerOf(dialogue, probation)
    return endOf(answer, plans, probation, input.value(onHangupOption) ?? 'revert', confirming)
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
  confirming: string,
): readonly string[] {
  const lines = linesOf(diff(colour))
  if (isEmpty) return lines
  if (probation === undefined) return [...lines, 'Applied.']
  const { id, remaining } = probation
  const seconds = Math.ceil(remaining() / 1000)
  return [
    ...lines,
    `Applied on probation: taken back in ${seconds} s unless you run chainmail confirm ${id}${confirming}.`,
  ]
}

/** What somebody has typed, how he was cut off, or what was decided elsewhere. */
type Ending = 'yes' | 'no' | BrokenOff | 'confirmed' | 'reverted' | 'failed'

async function answerOf(dialogue: Dialogue, probation: ProbationAccess): Promise<Ending> {
  using countdown = new Countdown(dialogue, probation.remaining)
  const typed = async (): Promise<Ending> => {
    for await (const line of dialogue.lines) {
      const word = line.trim().toLowerCase()
      if (word === 'yes' || word === 'y') return 'yes'
      if (word === 'no' || word === 'n') return 'no'
      countdown.ask()
    }
    return dialogue.brokenOff
  }
  return await Promise.race([typed(), dialogue.brokenOff, probation.decided()])
}

async function endOf(
  ending: Ending,
  plans: PlansAccess,
  { id }: ProbationAccess,
  onHangup: 'revert' | 'wait',
  confirming: string,
): Promise<Answer> {
  const answer = (decision: string, words: string, ends: Answer['ends'] = 'done'): Answer => ({
    document: { id, decision },
    lines: () => ['', words],
    ends,
  })
  const isBroken = ending === 'interrupted' || ending === 'hung-up'
  if (ending === 'confirmed') return answer(ending, 'The change stays.')
  if (ending === 'failed')
    return answer(
      ending,
      'Not all of the change could be taken back: chainmail revert tries again.',
      'refused',
    )
  if (ending === 'reverted') return answer(ending, 'The change was taken back.', 'refused')
  if (ending === 'yes') {
    await plans.confirm(id)
    return answer('confirmed', 'The change stays.')
  }
  if (isBroken && onHangup === 'wait')
    return answer(
      'pending',
      `The change is taken back unless you run chainmail confirm ${id}${confirming}.`,
      'interrupted',
    )
  await plans.revert(id)
  return answer('reverted', 'The change was taken back.', isBroken ? 'interrupted' : 'refused')
}
