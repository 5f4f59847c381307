import { open } from 'node:fs/promises'
import type { ProgramOutcome } from '../access/programs.ts'
import { printInto } from './ipset-files.ts'
import { systemWords } from './system-words.ts'

/** Runs iptables-save, which prints into the file that is named with `-f`. iptables-save(8) */
export async function runSave(
  words: readonly string[],
  run: (words: readonly string[]) => Promise<ProgramOutcome>,
): Promise<ProgramOutcome> {
  const { own, file } = splitFile(words)
  if (file === undefined) return run(own)
  const opened = await open(file, 'w').catch(systemWords)
  if (typeof opened === 'string')
    return { code: 1, stdout: '', stderr: `Failed to open file, error: ${opened}\n` }
  return printInto(opened, () => run(own))
}

function splitFile(words: readonly string[]): {
  readonly own: readonly string[]
  readonly file: string | undefined
} {
  const own: string[] = []
  let file: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [, attached] = /^(?:-f|--file=)(.+)$/s.exec(word) ?? []
    if (attached !== undefined) file = attached
    else if ((word === '-f' || word === '--file') && at + 1 < words.length) file = words[++at]
    else own.push(word)
  }
  return { own, file }
}
