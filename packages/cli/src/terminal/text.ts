/**
 * Text that others wrote (comments, reasons, chain names, error messages), made safe and measured for a terminal.
 */

/**
 * What a terminal may obey or hide: control characters, format characters (among them those that reverse the
 * direction of writing), lone surrogates, unassigned code points, and separators of lines.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/** The same text with every character that a terminal would not show written as an escape, such as `\x1b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x0a) return '\\n'
    if (code === 0x09) return '\\t'
    if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
    return `\\u{${code.toString(16)}}`
  })
}

/** A JSON document in which every character that a terminal would not show is escaped. It reads back the same. */
export function printableJson(value: unknown): string {
  return printableUnits(JSON.stringify(value, withoutBigints, 2))
}

/** The same in one line. */
export function printableJsonLine(value: unknown): string {
  return printableUnits(JSON.stringify(value, withoutBigints))
}

function printableUnits(json: string): string {
  return json.replace(/[^\n\x20-\x7e]/g, (unit) =>
    isPrintableUnit(unit) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

// Half of a surrogate pair never counts as printable by itself: a pair is written as two escapes, as JSON allows.
function isPrintableUnit(unit: string): boolean {
  return unit.search(UNPRINTABLE) === -1
}

/** Counters above 2^53 - 1 become decimal strings, since JSON's readers would round them. */
function withoutBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Made when a text has to be cut: loading what it knows of all scripts takes longer than most commands. */
let graphemes: Intl.Segmenter | undefined

/** Scripts and blocks that Unicode (UAX #11) calls wide or fullwidth. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}]/u

/** Marks that stand on or around the letter before them. */
const MARK = /[\p{Mn}\p{Me}]/u

/** Asks for the wide picture of a sign; some terminals then take two columns for it, some stay with one. */
const EMOJI_STYLE = '\ufe0f'

const PLAIN = /^[\x20-\x7e]*$/

/**
 * The number of terminal columns that a printable text takes: where terminals differ, as for letters that are
 * joined into one sign, the most that any of them takes.
 */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += characterWidth(character)
  return columns
}

function characterWidth(character: string): number {
  if (character === EMOJI_STYLE) return 1
  if (MARK.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** The text, or as much of its beginning as fits into some columns with `…` behind it. */
export function ellipsize(text: string, columns: number): string {
  if (width(text) <= columns) return text
  if (columns < 1) return ''
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += width(segment)
    if (used > columns - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Lines of whole words, each at most `columns` wide where no single word is wider. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
