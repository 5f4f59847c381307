import { basename } from 'node:path'
import { isStandInProgram } from './programs.ts'

/**
 * The words of a call: where the command was called by a link that is named like a program that it stands in for, the
 * program's name and, as the environment asks for it, the way to the firewall stand before what was given.
 *
 * @param script by which file the command was called
 */
export function wordsOfCall(
  script: string | undefined,
  words: readonly string[],
  { CHAINMAIL_DIRECT: direct = '' }: NodeJS.ProcessEnv,
): readonly string[] {
  const name = script === undefined ? '' : basename(script)
  if (!isStandInProgram(name)) return words
  return [...(direct === '' || direct === '0' ? [] : ['--direct']), name, ...words]
}
