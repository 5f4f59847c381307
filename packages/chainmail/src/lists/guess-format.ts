import { ChainmailError } from '../errors.ts'
import { isAddressName } from './column-names.ts'
import { fieldsOf } from './formats/csv-fields.ts'
import type { ListFormat } from './list.ts'

const IPSET_LINE = /^(?:create|add|-N|-A|--create|--add)[ \t]+\S+[ \t]+\S/u
const QUOTED_WORD = /^"[^"]*"$/u

/**
 * The format of a list by its first line that is neither blank nor a comment.
 *
 * @param dimensions of the set's type: entries of several parts hold commas themselves
 * @param isElement whether a text can be an entry
 * @throws ChainmailError `bad-syntax` for what is a list in no format
 */
export function guessFormat(
  line: string,
  dimensions: number,
  isElement: (text: string) => boolean,
): ListFormat {
  const text = line.trim()
  if (text.startsWith('[') && !text.includes(']:'))
    throw new ChainmailError(
      'bad-syntax',
      "The list begins like one JSON array; write one JSON value a line, for instance with jq -c '.[]'.",
    )
  if (text.startsWith('{') || QUOTED_WORD.test(text)) return 'json'
  if (IPSET_LINE.test(text)) return 'ipset'
  return isTable(text, dimensions, isElement) ? 'csv' : 'plain'
}

function isTable(text: string, dimensions: number, isElement: (text: string) => boolean): boolean {
  if (dimensions === 1 && columns(text, ',') > 1) return true
  const [first = '', second = ''] = text.split('\t')
  if (columns(text, '\t') > 1 && !/^\s*(?:[#;-]|$)/u.test(second) && !/^[a-z]+ /u.test(second)) return true
  // Behind an address a semicolon begins a comment; behind the heading of a column it can't.
  return isAddressName(text) || (columns(text, ';') > 1 && !isElement(first.split(';')[0]?.trim() ?? ''))
}

function columns(text: string, delimiter: ',' | ';' | '\t'): number {
  const fields = fieldsOf(text, delimiter)
  return Array.isArray(fields) ? fields.length : 0
}

/** Whether a line tells nothing of the format. */
export function isBlankOrComment(line: string): boolean {
  return /^\s*(?:[#;]|$)/u.test(line)
}
