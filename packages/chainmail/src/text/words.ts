const BLANK = ' '.charCodeAt(0)

/** Where a quotation mark begins a quoted stretch: anywhere, or only at the beginning of a word. */
export type Quotes = 'anywhere' | 'word-start'

/**
 * A line as iptables-restore takes it apart: blanks part words, `"` begins and ends a quoted stretch,
 * and in there a backslash takes the next character as it is. A quoted empty word is a word.
 */
export class Words {
  readonly line: string
  readonly list: readonly string[]
  /** Whether every quotation mark has its partner. */
  readonly closed: boolean
  readonly #quotes: Quotes
  /** Where the first quotation mark stands; the line's length if there is none. */
  readonly #quote: number
  /** The line with blanks for tabs, to find where words end. */
  readonly #blanks: string
  /** Where the last word ends. */
  readonly #end: number
  /** The word whose place was asked for last: the next is looked for from there, so that all together take one walk. */
  #found = 0
  #foundBegin: number

  /**
   * @param quotes anywhere is how restore reads quotation marks, at a word's beginning how save writes them; save
   *   prints the name of a chain as it is, such as `we"ird`
   */
  constructor(line: string, quotes: Quotes = 'anywhere') {
    this.line = line
    this.#quotes = quotes
    const quote = line.indexOf('"')
    this.#quote = quote === -1 ? line.length : quote
    this.#blanks = line.includes('\t') ? line.replaceAll('\t', ' ') : line
    this.#foundBegin = this.#wordBegin(0)
    const list: string[] = []
    let end = 0
    for (let begin = this.#foundBegin; begin < line.length; begin = this.#wordBegin(end)) {
      end = this.#wordEnd(begin)
      const word = line.slice(begin, end)
      list.push(end <= this.#quote ? word : unquote(word, quotes))
    }
    this.list = list
    this.closed = end <= line.length
    this.#end = end
  }

  /** Where the word begins in the line, counted from 0; for the word behind the last, the line's end. */
  start(word: number): number {
    if (word >= this.list.length) return this.line.length
    if (word < this.#found) {
      this.#found = 0
      this.#foundBegin = this.#wordBegin(0)
    }
    for (; this.#found < word; this.#found++)
      this.#foundBegin = this.#wordBegin(this.#wordEnd(this.#foundBegin))
    return this.#foundBegin
  }

  /** The line's own text from one word up to, not including, another, as it was written. */
  text(from: number, to: number): string {
    if (from >= to) return ''
    const begin = this.start(from)
    const end = to >= this.list.length ? this.#end : this.#wordEnd(this.start(to - 1))
    return this.line.slice(begin, end)
  }

  /** Where the next word begins, from a place on that lies in none. */
  #wordBegin(from: number): number {
    let at = from
    while (at < this.line.length && this.#blanks.charCodeAt(at) === BLANK) at++
    return at
  }

  /** Where the word ends that begins there; one more than the line's length if its quotation is never closed. */
  #wordEnd(begin: number): number {
    const blank = this.#blanks.indexOf(' ', begin)
    const end = blank === -1 ? this.line.length : blank
    if (end <= this.#quote || !this.line.slice(begin, end).includes('"')) return end
    return quotedEnd(this.line, begin, this.#quotes)
  }
}

/** Where the word ends that begins there and has quotation marks, as in `#wordEnd`. */
function quotedEnd(line: string, begin: number, quotes: Quotes): number {
  let quoted = false
  for (let at = begin; at < line.length; at++) {
    const letter = line.charAt(at)
    if (letter === '"' && (quoted || quotes === 'anywhere' || at === begin)) quoted = !quoted
    else if (quoted && letter === '\\') at++
    else if (!quoted && (letter === ' ' || letter === '\t')) return at
  }
  return quoted ? line.length + 1 : line.length
}

/** What a word, written with its quotation marks, stands for. */
function unquote(word: string, quotes: Quotes): string {
  const first = word.indexOf('"')
  if (first === -1 || (first > 0 && quotes === 'word-start')) return word
  const last = word.length - 1
  if (first === 0 && word.indexOf('"', 1) === last && !word.includes('\\')) return word.slice(1, last)
  let text = ''
  let quoted = false
  for (let at = 0; at < word.length; at++) {
    const letter = word.charAt(at)
    if (letter === '"' && (quoted || quotes === 'anywhere' || at === 0)) quoted = !quoted
    else text += quoted && letter === '\\' && at < last ? word.charAt(++at) : letter
  }
  return text
}

/** Whether a quoted stretch is open at the end of a line, as save writes it, that begins inside one or not. */
export function endsQuoted(line: string, quoted: boolean): boolean {
  let open = quoted
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) {
    if (!open) open = at === 0 || line.charAt(at - 1) === ' '
    else if (!isEscaped(line, at)) open = false
  }
  return open
}

/** Whether an odd number of backslashes stands before the place. */
function isEscaped(line: string, place: number): boolean {
  let before = place
  while (before > 0 && line.charAt(before - 1) === '\\') before--
  return (place - before) % 2 === 1
}
