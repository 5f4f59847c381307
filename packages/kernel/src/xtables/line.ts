import { hasOctets } from './octets.ts'

/**
 * The last door before iptables-restore: one line in, one command out, whatever is in the line.
 * Facts about iptables-restore 1.8.9, found by trying:
 *
 * - its line buffer holds 10,240 bytes with newline and NUL; the rest of a longer line is read as a
 *   line of its own, as another command;
 * - a NUL ends the line, so that the rest of the rule is lost while the commit succeeds;
 * - a quote that is not closed takes the newline into the value;
 * - `-6` anywhere in a line of iptables-restore (`-4` in ip6tables-restore) makes it ignore the line
 *   and succeed;
 * - `-h` and `-V` end the process with status 0 and no commit, `-v` writes to its output, and
 *   `--modprobe` names a program that may be run.
 */

/** Bytes of the longest line that fits the buffer together with its newline and NUL. */
export const MAX_LINE_BYTES = 10_238

export interface LineFault {
  readonly code: 'line-refused' | 'line-too-long'
  /** The end of a sentence that begins with the line's name. */
  readonly reason: string
}

const COMMANDS = new Set(['-A', '-I', '-D', '-R', '-C', '-N', '-X', '-F', '-Z', '-P', '-E'])
const CHAIN_DECLARATION = /^:[^\s"]+ [^\s"]+(?: \[\d+:\d+\])?$/

/** Options whose value is free text and may look like another option. */
const TEXT_OPTIONS = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--string', '--hex-string'])

/** The refused options in each spelling that getopt_long(3) takes: joined flags, shortened names, `=value`. */
const REFUSED_SHORT = /^-[fnx]*[46hMvV]/
const REFUSED_LONG = /^--(?:ipv[46]|mod?(?:p|pr|pro|prob|probe)?|h(?:e|el|elp)?|ver[bs][a-z]*)(?:=|$)/

/** What is wrong with a line that is to be handed to iptables-restore; undefined when nothing is. */
export function lineFault(line: string): LineFault | undefined {
  if (line.length > MAX_LINE_BYTES || Buffer.byteLength(line) > MAX_LINE_BYTES)
    return {
      code: 'line-too-long',
      reason: `is longer than the ${MAX_LINE_BYTES} bytes that iptables-restore reads`,
    }
  if (/[\n\r\0]/.test(line)) return refused('holds a newline, a carriage return or a NUL')
  if (!hasOctets(line)) return refused('is not well-formed Unicode')
  if (line.startsWith(':'))
    return CHAIN_DECLARATION.test(line)
      ? undefined
      : refused('is not a chain declaration (`:chain policy [packets:bytes]`)')
  const tokens = splitLine(line)
  if (tokens === undefined) return refused('has a quote that is not closed')
  const [command = ''] = tokens
  if (!line.startsWith('-') || !COMMANDS.has(command))
    return refused(`does not begin with one of the commands ${[...COMMANDS].join(' ')}`)
  const option = refusedOption(tokens)
  return option === undefined ? undefined : refused(`holds ${option}, which is not part of a rule`)
}

/**
 * The arguments of a line as iptables-restore splits it: at blanks and tabs; a double quote opens
 * anywhere and its partner ends the argument; a backslash escapes inside quotes only.
 * Undefined when a quote is left open.
 */
export function splitLine(line: string): string[] | undefined {
  const tokens: string[] = []
  let token: string | undefined
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at)
    if (quoted) {
      if (letter === '"') {
        tokens.push(token ?? '')
        token = undefined
        quoted = false
      } else if (letter === '\\') token = (token ?? '') + line.charAt(++at)
      else token = (token ?? '') + letter
    } else if (letter === '"') {
      quoted = true
    } else if (letter === ' ' || letter === '\t') {
      if (token !== undefined) tokens.push(token)
      token = undefined
    } else token = (token ?? '') + letter
  }
  if (quoted) return undefined
  if (token !== undefined) tokens.push(token)
  return tokens
}

/**
 * The first refused option among the arguments. The value of a free-text option is passed over, but
 * only where that option is certainly an option itself: behind an argument that is none, because
 * `-i --comment -M x` names an interface `--comment`.
 */
function refusedOption(tokens: readonly string[]): string | undefined {
  for (let at = 1; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    if (!token.startsWith('-')) continue
    if (TEXT_OPTIONS.has(token) && !tokens[at - 1]?.startsWith('-')) at++
    else if (REFUSED_SHORT.test(token) || REFUSED_LONG.test(token)) return `\`${token}\``
  }
  return undefined
}

function refused(reason: string): LineFault {
  return { code: 'line-refused', reason }
}
