import { basename } from 'node:path'
import type { Session } from '../command.ts'
import { asRefusal, quoted, refusal, wrongUsage } from '../refusal.ts'
import type { RuleText } from '../rule-text.ts'
import { isStandInProgram, type StandInProgram, standInPrograms } from './programs.ts'
import { restoreInput } from './restore-input.ts'

/** A call of a program in a script. */
export interface ScriptCall {
  readonly program: StandInProgram
  readonly words: readonly string[]
  readonly input: string
}

/** Nothing comes by the standard input of a program in a script. */
const nothing: Pick<Session, 'input'> = {
  input: async () => {
    throw wrongUsage(
      'A program in a script has no standard input of its own: name the file that it restores, or run it by itself.',
    )
  },
}

/**
 * The calls of a script: a command a line, split as a shell would, of which nothing is expanded.
 *
 * @throws Refusal `usage` for what is no program that is stood in for; `bad-input` with the line
 */
export async function readScript({ name, text, problems }: RuleText): Promise<readonly ScriptCall[]> {
  const { splitShell } = await import('chainmail/text')
  const [problem] = problems
  if (problem !== undefined) throw refusal('bad-input', 'No text', `${name}: ${problem.message}`)
  const calls: ScriptCall[] = []
  for (const { words } of commandsOf(text, splitShell)) {
    const [path = '', ...given] = words
    const program = basename(path)
    if (!isStandInProgram(program))
      throw wrongUsage(
        `${quoted(path)} is no program that a script can have: there are ${standInPrograms.join(', ')}.`,
      )
    calls.push(await callOf(program, given))
  }
  return calls
}

function commandsOf<Commands>(text: string, split: (text: string) => Commands): Commands {
  try {
    return split(text)
  } catch (error) {
    throw asRefusal(error) ?? error
  }
}

async function callOf(program: StandInProgram, given: readonly string[]): Promise<ScriptCall> {
  if (program === 'ipset') {
    const { splitFiles } = await import('chainmail/ipset-words')
    const { command, files } = splitFiles(given)
    if (command === 'restore' || command === 'interactive' || files.length > 0)
      throw refusal(
        'usage',
        'Not in a script',
        'What ipset reads or writes itself, it cannot in a script: run it by itself.',
      )
  }
  if (!program.endsWith('-restore')) return { program, words: given, input: '' }
  const { own, text } = await restoreInput(given, nothing)
  return { program, words: own, input: text }
}
