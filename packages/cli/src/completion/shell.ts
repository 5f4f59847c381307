import type { Argument, Command } from '../command.ts'
import { firstWords } from '../find-command.ts'

/** A text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The shell pipe that prints the banned addresses, one a line. */
const listBanned = "NO_COLOR=1 FORCE_COLOR= chainmail bans 2>/dev/null | awk 'NR > 1 { print $1 }'"

/** The shell pipe that prints the names of the sets, one a line. */
const listSets = "NO_COLOR=1 FORCE_COLOR= chainmail sets list 2>/dev/null | awk 'NR > 1 { print $1 }'"

/** The shell pipe that prints what an argument is completed with, if only the firewall knows it. */
export function listFor({ completes }: Pick<Argument, 'completes'>): string | undefined {
  if (completes === 'banned') return listBanned
  return completes === 'sets' ? listSets : undefined
}

/** The words that an argument is completed with, if they are known beforehand. */
export function wordsFor(argument: Argument, commands: readonly Command[]): readonly string[] {
  switch (argument.completes) {
    case 'commands':
      return firstWords(commands)
    case 'banned':
    case 'sets':
    case 'files':
    case undefined:
      return []
    default:
      return argument.completes
  }
}
