import { type Kind, refuse } from '../kind.ts'
import { writable } from './text.ts'

/** XT_STRING_MAX_PATTERN_SIZE. uapi/linux/netfilter/xt_string.h */
const GREATEST_LENGTH = 128

const PRINTABLE = /^[ -~]+$/
const ESCAPED = /["\\]/g

const HEX_BLOCK = /^ *[0-9a-fA-F]{2}(?: ?[0-9a-fA-F]{2})* ?$/

/** Whether iptables-save prints these bytes as a string: all printable, and no backslash at the end. */
function plain(text: string): boolean {
  return PRINTABLE.test(text) && !text.endsWith('\\')
}

function fits(length: number): boolean {
  return length >= 1 && length <= GREATEST_LENGTH
}

/** A text to look for, 1 to 128 bytes long. */
export const patternText: Kind<string> = {
  words: 1,
  expects: `a text of 1 to ${GREATEST_LENGTH} bytes without line breaks`,
  schema: { type: 'string', minLength: 1, maxLength: GREATEST_LENGTH },
  parse: (words, at) => readText(words[at]),
  check: (value) => readText(value),
  render: (value) => `"${value.replace(ESCAPED, '\\$&')}"`,
}

function readText(value: unknown): string {
  return typeof value === 'string' && writable(value) && fits(Buffer.byteLength(value))
    ? value
    : refuse(value, patternText.expects)
}

/** Bytes to look for, `'|0d0a|'`: hexadecimal between bars, any text around them. */
export const patternBytes: Kind<string> = {
  words: 1,
  expects: `1 to ${GREATEST_LENGTH} bytes, with hexadecimal between bars such as GET|0d 0a|`,
  schema: { type: 'string', examples: ['|0d0a|', '|03|www|09|netfilter|03|org|00|'] },
  parse: (words, at) => hexadecimal(readBytes(words[at])),
  check: (value) => hexadecimal(readBytes(value)),
  render: (value) => `"${value}"`,
}

/**
 * Outside of bars a backslash takes the next character as it is. Straight behind a bar, where iptables takes
 * a backslash or another bar by mistake for a letter, neither may stand.
 */
function readBytes(value: unknown): Buffer {
  const { expects } = patternBytes
  const source = typeof value === 'string' && writable(value) ? value : refuse(value, expects)
  const parts: Buffer[] = []
  let at = 0
  while (at < source.length) {
    if (source[at] === '|') {
      const end = source.indexOf('|', at + 1)
      const block = end === -1 ? '' : source.slice(at + 1, end)
      if (!HEX_BLOCK.test(block) || source[end + 1] === '|' || source[end + 1] === '\\')
        refuse(value, expects)
      parts.push(Buffer.from(block.replaceAll(' ', ''), 'hex'))
      at = end + 1
    } else {
      if (source[at] === '\\') at++
      const letter = String.fromCodePoint(source.codePointAt(at) ?? refuse(value, expects))
      parts.push(Buffer.from(letter))
      at += letter.length
    }
  }
  const bytes = Buffer.concat(parts)
  return fits(bytes.length) ? bytes : refuse(value, expects)
}

function hexadecimal(bytes: Buffer): string {
  return `|${bytes.toString('hex')}|`
}

/** The bytes of a text between bars, where iptables-save prints them so. */
export function bytesOfText(text: string): string | undefined {
  return plain(text) ? undefined : hexadecimal(Buffer.from(text))
}

/** The text of bytes between bars, where iptables-save prints one. */
export function textOfBytes(written: string): string | undefined {
  const text = Buffer.from(written.slice(1, -1), 'hex').toString('latin1')
  return plain(text) ? text : undefined
}
