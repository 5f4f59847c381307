import { InputError } from '../errors.ts'

const QUOTE = 0x22

/**
 * The words of a line as `ipset restore` splits it: at blanks, tabs and carriage returns, except between quotation
 * marks, which are dropped. There is no other quoting and no escape character.
 * @throws InputError `bad-restore-line` when a quotation mark is not closed
 */
export function splitWords(line: string): string[] {
  if (!line.includes('"')) return line.split(/[ \t\r\v\f]+/u).filter((word) => word !== '')
  const words: string[] = []
  let word = ''
  let isWord = false
  let isQuoted = false
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code === QUOTE) {
      isQuoted = !isQuoted
      isWord = true
    } else if (isQuoted || !isBlank(code)) {
      word += line[index]
      isWord = true
    } else if (isWord) {
      words.push(word)
      word = ''
      isWord = false
    }
  }
  if (isQuoted) throw new InputError('bad-restore-line', 'A quotation mark is not closed.')
  if (isWord) words.push(word)
  return words
}

/** isspace(3) without the newline. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d)
}
