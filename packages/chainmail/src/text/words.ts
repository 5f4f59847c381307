/**
 * A line as iptables-restore takes it apart: blanks part words, `"` begins and ends a quoted stretch,
 * and in there a backslash takes the next character as it is. A quoted empty word is a word.
 */
export class Words {
  readonly line: string
  readonly list: readonly string[]
  /** Whether every quotation mark has its partner. */
  readonly closed: boolean
  readonly #starts: readonly number[] | undefined
  readonly #ends: readonly number[] | undefined

  /**
   * @param quotes where a quotation mark begins a quoted stretch: anywhere, as restore reads it, or only at the
   *   beginning of a word, as save writes it; save prints the name of a chain as it is, such as `we"ird`
   */
  constructor(line: string, quotes: 'anywhere' | 'word-start' = 'anywhere') {
    this.line = line
    if (isPlain(line)) {
      this.list = line.split(' ')
      this.closed = true
    } else {
      const { list, starts, ends, closed } = takeApart(line, quotes === 'anywhere')
      this.list = list
      this.closed = closed
      this.#starts = starts
      this.#ends = ends
    }
  }

  /** Where the word begins in the line, counted from 0; for the word behind the last, the line's end. */
  start(word: number): number {
    if (this.#starts !== undefined) return this.#starts[word] ?? this.line.length
    let at = 0
    for (let before = 0; before < word && before < this.list.length; before++) {
      at += (this.list[before] ?? '').length + 1
    }
    return Math.min(at, this.line.length)
  }

  /** The line's own text from one word up to, not including, another, as it was written. */
  text(from: number, to: number): string {
    if (from >= to) return ''
    const end =
      this.#ends === undefined ? this.start(to - 1) + (this.list[to - 1] ?? '').length : this.#ends[to - 1]
    return this.line.slice(this.start(from), end)
  }
}

/** Words parted by single blanks, without quotes: most of what iptables-save prints. */
function isPlain(line: string): boolean {
  return (
    line !== '' &&
    !line.includes('"') &&
    !line.includes('  ') &&
    !line.includes('\t') &&
    !line.startsWith(' ') &&
    !line.endsWith(' ')
  )
}

function takeApart(
  line: string,
  quotesAnywhere: boolean,
): { list: string[]; starts: number[]; ends: number[]; closed: boolean } {
  const list: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  let word = ''
  let begun = -1
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at)
    if (letter === '"' && (quoted || quotesAnywhere || begun === -1)) {
      quoted = !quoted
      if (begun === -1) begun = at
    } else if (quoted && letter === '\\' && at + 1 < line.length) {
      word += line.charAt(++at)
    } else if (!quoted && (letter === ' ' || letter === '\t')) {
      if (begun !== -1) {
        list.push(word)
        starts.push(begun)
        ends.push(at)
        word = ''
        begun = -1
      }
    } else {
      if (begun === -1) begun = at
      word += letter
    }
  }
  if (begun !== -1) {
    list.push(word)
    starts.push(begun)
    ends.push(line.length)
  }
  return { list, starts, ends, closed: !quoted }
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
