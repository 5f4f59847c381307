import type { ChainmailError } from '../../errors.ts'
import { textError } from '../place.ts'

/** The words of one command in a shell's text, and where each begins, counted from 0. */
export interface ShellCommand {
  readonly words: readonly string[]
  readonly offsets: readonly number[]
}

/** What a POSIX shell would not take as a letter of a plain word. POSIX.1-2017, Shell Command Language, 2.2 */
const EXPANSION = '$`'
const OPERATORS = '|&;()<>'
const PATTERNS = '*?[]{}'

const SAFE_WORD = /^[-+A-Za-z0-9_@%:,./^=]+$/

/** The word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return word === '!' || SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/**
 * Splits a text into commands and their words as a POSIX shell would, without expanding anything: what a shell
 * would expand, run or redirect is refused. Commands end at the end of a line; a line that begins with `#` is a
 * comment; a backslash at the end of a line joins it with the next.
 *
 * @throws ChainmailError `bad-syntax` with line and column
 */
export function splitShell(text: string): ShellCommand[] {
  const commands: ShellCommand[] = []
  const reader = new ShellReader(text)
  for (let command = reader.command(); command !== undefined; command = reader.command())
    commands.push(command)
  return commands
}

class ShellReader {
  readonly text: string
  #at = 0

  constructor(text: string) {
    this.text = text
  }

  /** The next command that has words; undefined at the end. */
  command(): ShellCommand | undefined {
    const { text } = this
    const words: string[] = []
    const offsets: number[] = []
    while (this.#at < text.length) {
      const letter = text.charAt(this.#at)
      if (letter === '\n') {
        this.#at++
        if (words.length > 0) break
      } else if (letter === ' ' || letter === '\t') this.#at++
      else if (text.startsWith('\\\n', this.#at)) this.#at += 2
      else if (letter === '#') this.#comment(words.length)
      else {
        offsets.push(this.#at)
        words.push(this.#word())
      }
    }
    return words.length === 0 ? undefined : { words, offsets }
  }

  #comment(wordsBefore: number): void {
    if (wordsBefore > 0)
      throw this.#refused(this.#at, 'a shell would take what follows # for a comment; quote it')
    const end = this.text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.text.length : end
  }

  #word(): string {
    const { text } = this
    if (text.charAt(this.#at) === '~')
      throw this.#refused(this.#at, 'a shell would expand ~ at the beginning of a word; quote it')
    let word = ''
    while (this.#at < text.length) {
      const letter = text.charAt(this.#at)
      if (letter === ' ' || letter === '\t' || letter === '\n') break
      if (letter === "'") word += this.#singleQuoted()
      else if (letter === '"') word += this.#doubleQuoted()
      else if (letter === '\\') word += this.#escaped()
      else {
        this.#refuseActive(letter)
        word += letter
        this.#at++
      }
    }
    return word
  }

  #refuseActive(letter: string): void {
    if (letter === '\0' || letter === '\r')
      throw this.#refused(this.#at, 'a control character cannot stand in a word')
    if (EXPANSION.includes(letter))
      throw this.#refused(this.#at, `a shell would expand ${letter}, and nothing is expanded here; quote it`)
    if (OPERATORS.includes(letter))
      throw this.#refused(this.#at, `${letter} is an operator of the shell, and no shell runs this; quote it`)
    if (PATTERNS.includes(letter))
      throw this.#refused(this.#at, `a shell could expand ${letter} as a pattern; quote it`)
  }

  #escaped(): string {
    const next = this.text.charAt(this.#at + 1)
    if (next === '') throw this.#refused(this.#at, 'nothing follows the backslash')
    this.#at += 2
    return next === '\n' ? '' : next
  }

  #singleQuoted(): string {
    const end = this.text.indexOf("'", this.#at + 1)
    if (end === -1) throw this.#refused(this.#at, 'a quotation mark is left open')
    const content = this.text.slice(this.#at + 1, end)
    this.#at = end + 1
    return content
  }

  #doubleQuoted(): string {
    const { text } = this
    const begin = this.#at++
    let content = ''
    while (this.#at < text.length) {
      const letter = text.charAt(this.#at)
      if (letter === '"') {
        this.#at++
        return content
      }
      if (EXPANSION.includes(letter))
        throw this.#refused(
          this.#at,
          `a shell would expand ${letter}, and nothing is expanded here; quote it`,
        )
      if (letter === '\\') {
        const next = text.charAt(this.#at + 1)
        this.#at += 2
        if (next !== '\n') content += '$`"\\'.includes(next) ? next : `\\${next}`
      } else {
        content += letter
        this.#at++
      }
    }
    throw this.#refused(begin, 'a quotation mark is left open')
  }

  #refused(offset: number, what: string): ChainmailError {
    return textError('bad-syntax', `${what}.`, this.text, offset)
  }
}
