import { isUtf8 } from 'node:buffer'
import { quoteAlways, quoteName } from '../quote.ts'
import { Words } from '../words.ts'

/** What XML 1.0 cannot hold, not even as a reference. */
const UNWRITABLE = /[^\P{Cc}\t\n\r\x7f-\x9f]|[\ufffe\uffff]/gu
const SPECIAL = /[&<>"\x7f]|\P{ASCII}/gu
const ASCII = /^[\0-~]*$/
const PARTED = /[\s"]/
const WORD = /"[^"]*"(?= |$)|[^\s"][^\s]*/g

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function isWritable(text: string): boolean {
  return text.search(UNWRITABLE) === -1
}

/** The text with a question mark for what XML cannot hold. */
export function writable(text: string): string {
  return text.replace(UNWRITABLE, '?')
}

/** As iptables-xml writes a text: what is not ASCII becomes one reference for each byte of its UTF-8. */
export function escapeText(text: string): string {
  return text.replace(
    SPECIAL,
    (letter) => entities[letter] ?? Array.from(Buffer.from(letter), (byte) => `&#${byte};`).join(''),
  )
}

/** What {@link escapeText} made of a text, after XML's references were replaced: its bytes as UTF-8 again. */
export function unescapeBytes(text: string): string {
  if (ASCII.test(text) || /[\u0100-\uffff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : text
}

/** A word of a rule and whether it is quoted there. */
export interface Word {
  readonly value: string
  readonly quoted: boolean
}

/** The words of a rule's text. */
export function wordsOf(text: string): readonly Word[] {
  if (text === '') return []
  const words = new Words(text)
  return words.list.map((value, index) => ({ value, quoted: words.text(index, index + 1).startsWith('"') }))
}

/** The values of an option as iptables-xml writes them: quoted as they were, but without escapes. */
export function contentOf(values: readonly Word[]): string {
  return values.map(({ value, quoted }) => (quoted ? `"${value}"` : value)).join(' ')
}

/** The values of an option from the text of its element. */
export function valuesOf(content: string): readonly Word[] {
  const text = content.trim()
  if (text === '') return []
  if (!PARTED.test(text)) return [{ value: text, quoted: false }]
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"'))
    return [{ value: text.slice(1, -1), quoted: true }]
  return Array.from(text.matchAll(WORD), ([word]) =>
    word.startsWith('"') ? { value: word.slice(1, -1), quoted: true } : { value: word, quoted: false },
  )
}

/** The word as a rule's text has it. */
export function textOf({ value, quoted }: Word): string {
  return quoted ? quoteAlways(value) : quoteName(value)
}
