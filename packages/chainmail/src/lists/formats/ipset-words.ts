import { type EntryRequest, parseRestoreLine, setTypes } from '@chainmail/kernel'
import { faultOf, LineFault } from '../line-fault.ts'
import { type LineEntry, NO_OPTIONS } from '../line-reader.ts'

/** By far the most frequent entry with an option: ten times faster than the whole grammar. */
const WITH_TIMEOUT = /^([^\s"[\]]+) timeout (0|[1-9]\d{0,6})$/u

/** Reads an entry as it stands behind `ipset add NAME`: an element, and its options in ipset's words. */
export function readEntryWords(words: string): LineEntry | LineFault {
  const match = WITH_TIMEOUT.exec(words)
  if (match !== null) return { element: match[1] ?? '', options: { timeout: Number(match[2]) } }
  try {
    const operation = parseRestoreLine(`add list ${words}`, 1)
    if (operation?.command !== 'add') return new LineFault('bad-restore-line', 'The line holds no entry.')
    const { element, ...options } = operation.entry
    return { element, options }
  } catch (error) {
    return faultOf(error)
  }
}

/**
 * How many characters from `start` on are of one word that means itself: without blanks, quotation marks, brackets
 * and signs that begin a comment.
 */
export function bareLength(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // Up to the number sign 0x23: controls, blank, exclamation mark, quotation mark.
    if (code <= 0x23 || code === 0x3b || code === 0x5b || code > 0x7e) return index - start
  }
  return text.length - start
}

export function bareEntry(element: string): LineEntry {
  return { element, options: NO_OPTIONS }
}

const flagOptions: ReadonlySet<string> = new Set(['nomatch', 'wildcard'])
const entryOptions: ReadonlySet<string> = new Set(
  Object.values(setTypes).flatMap(({ entryOptions }) => Object.keys(entryOptions)),
)

/**
 * Entries as they stand behind `ipset add NAME` on a command line, several of them: `192.0.2.1 timeout 60 192.0.2.2`.
 * A word that is the name of an option belongs to the entry before it.
 *
 * @throws InputError `bad-restore-line` with the number of the entry, from 1, in `line`
 */
export function readEntryList(words: readonly string[]): EntryRequest[] {
  const entries: string[][] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const entry = entries.at(-1)
    if (entry === undefined || !entryOptions.has(word)) entries.push([word])
    else entry.push(word, ...(flagOptions.has(word) ? [] : words.slice(++index, index + 1)))
  }
  return entries.flatMap((entry, index) => {
    const operation = parseRestoreLine(`add list ${entry.map(quoteWord).join(' ')}`, index + 1)
    return operation?.command === 'add' ? [operation.entry] : []
  })
}

/** A word of a shell as one word of ipset, which knows no escapes within quotation marks. */
export function quoteWord(word: string): string {
  return /[\s]|^$/u.test(word) ? `"${word}"` : word
}
