import type { LineReader } from '../line-reader.ts'
import { bareEntry, bareLength, readEntryWords } from './ipset-words.ts'

/** Lists of ranges write them with blanks, too. */
const SPACED_RANGE = /^([\da-f.:]+)[ \t]+-[ \t]+([\da-f.:]+)(?=[ \t]|$)/iu

/** Nothing but a comment, behind blanks. */
const COMMENT = /^[ \t]*(?:[#;]|$)/u

/**
 * Lines as they would stand behind `ipset add NAME`, with comments.
 *
 * @param ofAddresses elements are addresses and hold neither `#` nor `;`, so that a comment may follow at once
 */
export function plainReader(ofAddresses: boolean): LineReader {
  return {
    read(text) {
      const length = bareLength(text, 0)
      if (length === text.length) return length === 0 ? undefined : bareEntry(text)
      if (ofAddresses && length > 0 && COMMENT.test(text.slice(length)))
        return bareEntry(text.slice(0, length))
      const words = withoutComment(text, ofAddresses).trim().replace(SPACED_RANGE, '$1-$2')
      return words === '' ? undefined : readEntryWords(words)
    },
  }
}

function withoutComment(text: string, ofAddresses: boolean): string {
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const sign = text[index]
    if (sign === '"') quoted = !quoted
    if (quoted || (sign !== '#' && sign !== ';')) continue
    if (ofAddresses || index === 0 || /\s/u.test(text[index - 1] ?? '')) return text.slice(0, index)
  }
  return text
}
