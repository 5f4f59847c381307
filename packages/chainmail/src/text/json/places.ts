/** The members and items that lead to a place in a document, such as `['tables', 0, 'name']`. */
export type Steps = readonly (string | number)[]

/** A value in a JSON text: where it begins, counted from 0, and what it holds. */
interface PlacedValue {
  readonly offset: number
  readonly inside: ReadonlyMap<string | number, PlacedValue>
}

const NOTHING: PlacedValue['inside'] = new Map()
const BLANKS = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/**
 * Where the values of a JSON text stand, or where it stops being JSON. `JSON.parse` tells neither; this is asked
 * only once something is wrong. RFC 8259
 */
export class JsonPlaces {
  readonly #text: string
  #at = 0
  readonly #root: PlacedValue | undefined
  /** Where the text stops being JSON, if it does. */
  readonly fault: number | undefined

  /** @param text no deeper than a call stack, which {@link tooDeep} tells beforehand */
  constructor(text: string) {
    this.#text = text
    try {
      this.#root = this.#value()
      this.#blanks()
      if (this.#at < text.length) throw new Fault(this.#at)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.fault = error.offset
    }
  }

  /** Where the value at the end of the steps begins, or the last one that they lead to. */
  locate(steps: Steps): number {
    let value = this.#root
    for (const step of steps) {
      const next = value?.inside.get(step)
      if (next === undefined) break
      value = next
    }
    return value?.offset ?? 0
  }

  #blanks(): void {
    this.#take(BLANKS)
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return false
    this.#at += found[0].length
    return true
  }

  #value(): PlacedValue {
    this.#blanks()
    const offset = this.#at
    const letter = this.#text.charAt(offset)
    if (letter === '{') return { offset, inside: this.#object() }
    if (letter === '[') return { offset, inside: this.#list() }
    if (letter === '"') this.#string()
    else if (!this.#take(WORD) && !this.#take(NUMBER)) throw new Fault(offset)
    return { offset, inside: NOTHING }
  }

  #object(): PlacedValue['inside'] {
    const inside = new Map<string, PlacedValue>()
    this.#at++
    this.#blanks()
    if (this.#skip('}')) return inside
    do {
      this.#blanks()
      const begin = this.#at
      this.#string()
      const name: unknown = JSON.parse(this.#text.slice(begin, this.#at))
      this.#blanks()
      if (!this.#skip(':')) throw new Fault(this.#at)
      const value = this.#value()
      if (typeof name === 'string') inside.set(name, value)
      this.#blanks()
    } while (this.#skip(','))
    if (!this.#skip('}')) throw new Fault(this.#at)
    return inside
  }

  #list(): PlacedValue['inside'] {
    const inside = new Map<number, PlacedValue>()
    this.#at++
    this.#blanks()
    if (this.#skip(']')) return inside
    do {
      inside.set(inside.size, this.#value())
      this.#blanks()
    } while (this.#skip(','))
    if (!this.#skip(']')) throw new Fault(this.#at)
    return inside
  }

  #skip(letter: string): boolean {
    if (this.#text.charAt(this.#at) !== letter) return false
    this.#at++
    return true
  }

  #string(): void {
    if (!this.#skip('"')) throw new Fault(this.#at)
    while (!this.#skip('"')) {
      const letter = this.#text.charAt(this.#at)
      if (letter < ' ' || (letter === '\\' && !this.#take(ESCAPE))) throw new Fault(this.#at)
      if (letter !== '\\') this.#at++
    }
  }
}

class Fault extends Error {
  readonly offset: number

  constructor(offset: number) {
    super(`not JSON at ${offset}`)
    this.offset = offset
  }
}

const QUOTATION_MARK = 0x22
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** Where objects and lists lie deeper in each other than `limit`; undefined if nowhere. */
export function tooDeep(text: string, limit: number): number | undefined {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at)
    if (letter === QUOTATION_MARK) at = endOfString(text, at)
    else if (letter === OPENING_BRACE || letter === OPENING_BRACKET) {
      if (++depth > limit) return at
    } else if (letter === CLOSING_BRACE || letter === CLOSING_BRACKET) depth--
  }
  return undefined
}

/** Where the quotation mark stands that closes the one at `begin`; the end of the text where none does. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at === -1) return text.length
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at
  }
}
