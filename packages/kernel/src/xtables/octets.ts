import { isUtf8 } from 'node:buffer'

/**
 * Rules are text, but a comment in the kernel may hold any bytes. What is not UTF-8 becomes lone
 * surrogates U+DC80..U+DCFF, one for each byte, and those become the bytes again on the way back, so
 * that a foreign rule is shown and written back byte for byte (the scheme of Python's PEP 383).
 */

const ESCAPE = 0xdc00
const WELL_FORMED_OR_ESCAPED = /^(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff]|[\udc80-\udcff])*$/
const ESCAPES = /(?<![\ud800-\udbff])[\udc80-\udcff]+/g

/** The text of some bytes. Lossless. */
export function textFromOctets(octets: Buffer): string {
  if (isUtf8(octets)) return octets.toString('utf8')
  const lines: string[] = []
  for (let start = 0; start < octets.length; ) {
    const newline = octets.indexOf(0x0a, start)
    const end = newline === -1 ? octets.length : newline + 1
    lines.push(lineFromOctets(octets.subarray(start, end)))
    start = end
  }
  return lines.join('')
}

/** The bytes of a text: UTF-8, and the escaped bytes as they were. */
export function octetsFromText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  let start = 0
  for (const escapes of text.matchAll(ESCAPES)) {
    parts.push(Buffer.from(text.slice(start, escapes.index), 'utf8'))
    parts.push(Buffer.from(Array.from(escapes[0], (letter) => letter.charCodeAt(0) - ESCAPE)))
    start = escapes.index + escapes[0].length
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'))
  return Buffer.concat(parts)
}

/** Whether octetsFromText() gives this text's bytes without a loss. */
export function hasOctets(text: string): boolean {
  return text.isWellFormed() || WELL_FORMED_OR_ESCAPED.test(text)
}

function lineFromOctets(line: Buffer): string {
  if (isUtf8(line)) return line.toString('utf8')
  let text = ''
  for (let at = 0; at < line.length; ) {
    const length = characterLength(line, at)
    const bytes = line.subarray(at, at + Math.max(length, 1))
    text += length === 0 ? String.fromCharCode(ESCAPE + (line[at] ?? 0)) : bytes.toString('utf8')
    at += bytes.length
  }
  return text
}

/** Bytes of the UTF-8 character that begins here; 0 when none does. */
function characterLength(line: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= line.length; length++) {
    if (isUtf8(line.subarray(at, at + length))) return length
  }
  return 0
}
