import { type Kind, refuse } from '../kind.ts'
import { writable } from './text.ts'

const BREAKS = /[\s"]/

/** A name that iptables-save prints bare whatever is in it: one without blanks and quotation marks. */
export function name(maxBytes: number): Kind<string> {
  const expects = `a name of 1 to ${maxBytes} bytes without blanks and quotation marks`
  const read = (value: unknown) =>
    typeof value === 'string' &&
    value !== '' &&
    !BREAKS.test(value) &&
    writable(value) &&
    Buffer.byteLength(value) <= maxBytes
      ? value
      : refuse(value, expects)
  return {
    words: 1,
    expects,
    schema: { type: 'string', minLength: 1, maxLength: maxBytes, pattern: '^[^\\s"]+$' },
    parse: (words, at) => read(words[at]),
    check: read,
    render: (value) => value,
  }
}
