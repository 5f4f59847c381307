import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import { textError } from '../place.ts'
import type { Command } from './command.ts'
import { parseCommand } from './parse-command.ts'
import { type ShellCommand, splitShell } from './shell.ts'

const PROGRAM = /^(?:.*\/)?(ip6?tables)(?:-nft|-legacy)?$/s

/**
 * Reads lines such as `iptables -A INPUT -s 192.0.2.1 -j DROP`: one command a line, quoted as for a shell, and
 * nothing that a shell would expand, run or redirect. Blank lines and comments are passed over.
 *
 * @throws ChainmailError with the line and column of the command at fault
 */
export function parseCommandLines(text: string): Command[] {
  return splitShell(text).map((command) => commandAt(text, command, itself))
}

/**
 * Reads one such line.
 *
 * @throws ChainmailError
 */
export function parseCommandLine(line: string): Command {
  const [command, second] = splitShell(line)
  if (command === undefined) throw textError('bad-command', 'there is no command.', line, 0)
  if (second !== undefined)
    throw textError(
      'bad-command',
      'one command is wanted, and a second one follows.',
      line,
      second.offsets[0] ?? 0,
    )
  return commandAt(line, command, itself)
}

/** Reads a command of a text and does something with it; what is wrong is told with its place in the text. */
export function commandAt<Result>(
  text: string,
  { words, offsets }: ShellCommand,
  act: (command: Command) => Result,
): Result {
  try {
    const [program = '', ...rest] = words
    return act(parseCommand(rest, { family: familyOf(program), iptables: '1.8.11' }))
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { code, message, path } = error
    const named = words.findIndex((word) => path?.startsWith('-') === true && word.startsWith(path))
    throw textError(code, message, text, offsets[Math.max(0, named)] ?? 0, { path, cause: error })
  }
}

function familyOf(program: string): Family {
  const name = PROGRAM.exec(program)?.[1]
  if (name !== undefined) return name === 'iptables' ? 'ipv4' : 'ipv6'
  throw new ChainmailError('bad-command', `${shown(program)} is not iptables or ip6tables.`)
}

function itself(command: Command): Command {
  return command
}
