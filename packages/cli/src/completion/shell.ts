import type { Argument, Command } from '../command.ts'

/** A text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The shell pipe that prints the banned addresses, one a line. */
export const listBanned = "NO_COLOR=1 FORCE_COLOR= chainmail bans 2>/dev/null | awk 'NR > 1 { print $1 }'"

/** The words that an argument is completed with; undefined where they are the banned addresses. */
export function wordsFor(argument: Argument, commands: readonly Command[]): readonly string[] | undefined {
  switch (argument.completes) {
    case 'banned':
      return undefined
    case 'commands':
      return commands.map(({ name }) => name)
    case 'files':
    case undefined:
      return []
    default:
      return argument.completes
  }
}
