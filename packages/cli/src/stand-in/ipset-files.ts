import { type FileHandle, open, readFile } from 'node:fs/promises'
import { splitFiles, VERSION } from 'chainmail/ipset-words'
import type { ProgramOutcome } from '../access/programs.ts'
import type { Session } from '../command.ts'
import { textOf } from './restore-input.ts'
import { systemWords } from './system-words.ts'

/** Runs ipset with what it reads. @param input what comes by its standard input */
type Run = (words: readonly string[], input: string) => Promise<ProgramOutcome>

/**
 * Runs ipset with the files of the caller: what it restores is read from the one that is named with `-file`, or from
 * standard input; what it lists goes into that file. ipset(8)
 *
 * @throws Refusal `bad-input` when what is restored is not text
 */
export async function runIpset(
  words: readonly string[],
  session: Session,
  run: Run,
): Promise<ProgramOutcome> {
  const { own, files, command } = splitFiles(words)
  const [file, second] = files
  if (second !== undefined) return refused('-file option cannot be used when full io is activated', 2, ADVICE)
  if (command === 'restore') {
    if (file === undefined) return run(own, textOf(await session.input()))
    const read = await tried(readFile(file), file, 'reading')
    return 'code' in read ? read : run(own, textOf(read))
  }
  const input = command === 'interactive' ? textOf(await session.input()) : ''
  const prints = command === 'list' || command === 'save' || command === 'interactive'
  if (file === undefined || !prints) return run(own, input)
  const opened = await tried(open(file, 'w'), file, 'writing')
  return 'code' in opened ? opened : printInto(opened, () => run(own, input))
}

const ADVICE = "Try `ipset help' for more information.\n"

/** Runs a program that prints into a file, which is closed then. */
export async function printInto(
  file: FileHandle,
  run: () => Promise<ProgramOutcome>,
): Promise<ProgramOutcome> {
  try {
    const outcome = await run()
    await file.writeFile(outcome.stdout)
    return { ...outcome, stdout: '' }
  } finally {
    await file.close()
  }
}

/** What was opened, or what ipset says when it cannot be. */
async function tried<Opened extends Uint8Array | FileHandle>(
  opening: Promise<Opened>,
  file: string,
  purpose: 'reading' | 'writing',
): Promise<Opened | ProgramOutcome> {
  try {
    return await opening
  } catch (error) {
    return refused(`Cannot open ${file} for ${purpose}: ${systemWords(error)}`, 1)
  }
}

function refused(words: string, code: 1 | 2, advice = ''): ProgramOutcome {
  return { code, stdout: '', stderr: `ipset v${VERSION}: ${words}\n${advice}` }
}
