import type { PlansAccess, ProbationAccess } from '../access/plans.ts'
import { type Answer, directOption, type Input, jsonOption, type Session } from '../command.ts'
import { choice, text } from '../option.ts'
import { Countdown } from '../terminal/countdown.ts'
import type { BrokenOff, Dialogue } from '../terminal/dialogue.ts'

/** What every command has that can make its change on probation. */

export const confirmWithinOption = text({
  name: 'confirm-within',
  placeholder: 'DURATION',
  about: 'take the change back unless it is confirmed within this time, such as 60s',
})

export const onHangupOption = choice({
  name: 'on-hangup',
  placeholder: 'WHAT',
  choices: ['revert', 'wait'],
  about:
    'what becomes of a change on probation when the terminal is closed or Ctrl-C is pressed: taken back at once, or when its time is over',
  otherwise: 'revert',
})

/** What decides a probation. */
type Deciders = Pick<PlansAccess, 'confirm' | 'revert'>

/** A conversation about a change that is to be on probation, where somebody sits at the terminal. */
export function conversation(input: Input, session: Session): Dialogue | undefined {
  const talks = input.value(confirmWithinOption) !== undefined && !input.has(jsonOption)
  return talks ? session.dialogue() : undefined
}

/** What is told where nobody sits at a terminal. */
export function pendingText({ id, remaining }: ProbationAccess, input: Input): string {
  const seconds = Math.ceil(remaining() / 1000)
  return `taken back in ${seconds} s unless you run chainmail confirm ${id}${confirming(input)}.`
}

/** Asks whether the change stays, while its time runs, and does what is answered. */
export async function decide(
  dialogue: Dialogue,
  plans: Deciders,
  probation: ProbationAccess,
  input: Input,
): Promise<Answer> {
  const ending = await answerOf(dialogue, probation)
  return endOf(ending, plans, probation, input.value(onHangupOption) ?? 'revert', confirming(input))
}

/** The change as the command tells it, on probation or not. */
export async function answerTo(
  made: { readonly document: unknown; readonly probation?: ProbationAccess | undefined },
  told: string,
  dialogue: Dialogue | undefined,
  plans: Deciders,
  input: Input,
): Promise<Answer> {
  const { document, probation } = made
  if (probation === undefined) return { document, lines: () => [told] }
  if (dialogue === undefined)
    return { document, lines: () => [told, `It is on probation: ${pendingText(probation, input)}`] }
  dialogue.write(`${told}\n`)
  return decide(dialogue, plans, probation, input)
}

function confirming(input: Input): string {
  return input.has(directOption) ? ' --direct' : ''
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
  plans: Deciders,
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
