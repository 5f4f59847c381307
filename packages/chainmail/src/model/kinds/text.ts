import { quoteAlways, quoteName, quoteText } from '../../text/quote.ts'
import { type Kind, refuse } from '../kind.ts'

export interface TextLimits {
  /** Greatest length in bytes of UTF-8. */
  readonly maxBytes: number
  readonly minBytes?: number
  /** `text`: as it needs it; `always`: even if not needed; `name`: bare unless restore could not read it. */
  readonly quotes?: 'text' | 'always' | 'name'
}

const quoting = { text: quoteText, always: quoteAlways, name: quoteName }

// A line feed ends restore's line whatever the quotes, a NUL ends its string, and a lone half of a
// surrogate pair has no bytes of its own.
const UNWRITABLE = /[\n\r\0]|\p{Surrogate}/u

export function writable(text: string): boolean {
  return !UNWRITABLE.test(text)
}

// They would command the terminal, or the log, that shows the text; a tab does no harm.
const CONTROL = /(?!\t)\p{Cc}/u

/** A free text of one line. */
export function text({ maxBytes, minBytes = 0, quotes = 'text' }: TextLimits): Kind<string> {
  const length = minBytes === 0 ? `at most ${maxBytes}` : `${minBytes} to ${maxBytes}`
  const expects = `one line of ${length} bytes without control characters`
  const read = (value: unknown) =>
    typeof value === 'string' && writable(value) && !CONTROL.test(value) && fits(value, minBytes, maxBytes)
      ? value
      : refuse(value, expects)
  return {
    words: 1,
    expects,
    schema: { type: 'string', minLength: minBytes, maxLength: maxBytes },
    parse: (words, at) => read(words[at]),
    check: read,
    render: quoting[quotes],
  }
}

function fits(value: string, minBytes: number, maxBytes: number): boolean {
  if (value.length < minBytes || value.length > maxBytes) return false
  return value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes
}
