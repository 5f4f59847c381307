import type { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import { textError } from '../place.ts'

/** An element of an XML text. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its text; what stands before, between and behind children is nothing. */
  readonly text: string
  /** Where it begins in the text, counted from 0. */
  readonly offset: number
}

/** iptables-xml nests seven deep. */
const DEEPEST = 16

const TEXT = /[^<&]+/y
const COMMENT = /<!--(.*?)-->/sy
const DECLARATION = /<\?xml[ \t\r\n][^?]*\?>/y
const CDATA = /<!\[CDATA\[(.*?)\]\]>/sy
// iptables-xml makes element names of chain names, whatever these hold: what it prints is read.
const NAME = /(?:[^\s<>&"'=/!?]|\/(?!>))(?:[^\s<>"'=/]|\/(?!>))*/y
const ATTRIBUTE = /[ \t\r\n]+([A-Za-z_][-\w.:]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y
const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/y
const FORBIDDEN = /[^\P{Cc}\t\n\r\x7f-\x9f]|[\ufffe\uffff]|\p{Surrogate}/u

/** What XML can hold in any case, looked for first because it is quickly seen. */
const PLAIN = /^[\t\n\r -~]*$/

const CLOSING_BRACKET = 0x3e

const NO_ATTRIBUTES: XmlElement['attributes'] = new Map()
const NO_CHILDREN: XmlElement['children'] = []

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** An element while it is read. Most have no attributes or no children: they share an empty map or list. */
class Draft implements XmlElement {
  readonly name: string
  readonly offset: number
  attributes: XmlElement['attributes'] = NO_ATTRIBUTES
  children: XmlElement['children'] = NO_CHILDREN
  text = ''
  #children: XmlElement[] | undefined

  constructor(name: string, offset: number) {
    this.name = name
    this.offset = offset
  }

  add(child: XmlElement): void {
    if (this.#children === undefined) {
      this.#children = []
      this.children = this.#children
      this.text = ''
    }
    this.#children.push(child)
  }

  say(text: string): void {
    if (this.#children === undefined) this.text += text
  }
}

/**
 * Reads XML as iptables-xml(1) writes it: elements, attributes, text, comments, the five entities and references to
 * characters. A document type is refused, and with it every entity that could expand.
 *
 * @returns the root
 * @throws ChainmailError `bad-syntax` with line and column
 */
export function parseXml(text: string): XmlElement {
  return new XmlParser(text).document()
}

class XmlParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): XmlElement {
    this.#take(/\ufeff?/y)
    this.#take(DECLARATION)
    this.#skipAround()
    const root = this.#tree()
    this.#skipAround()
    if (this.#at < this.#text.length) throw this.#refused('something follows the end of the document')
    return root
  }

  /** One element with all that is in it. */
  #tree(): XmlElement {
    const root = new Draft('', this.#at)
    const open: Draft[] = [root]
    do {
      const parent = open.at(-1) ?? root
      if (open.length === 1 || this.#text.startsWith('<', this.#at)) this.#markup(parent, open)
      else this.#characters(parent)
    } while (open.length > 1)
    const [element] = root.children
    return element ?? root
  }

  #markup(parent: Draft, open: Draft[]): void {
    const second = this.#text.charAt(this.#at + 1)
    if (second === '!' && this.#take(COMMENT) !== null) return
    const data = second === '!' ? this.#take(CDATA) : null
    if (data !== null) {
      parent.say(this.#checked(data[1] ?? ''))
    } else if (second === '/' && this.#text.startsWith('<', this.#at)) {
      const begin = this.#at
      this.#at += 2
      const name = this.#word(NAME)
      this.#blanks()
      if (name !== parent.name || !this.#skip('>'))
        throw this.#refused(`the element ${parent.name} is to be closed here`, begin)
      open.pop()
    } else {
      this.#begin(parent, open)
    }
  }

  #begin(parent: Draft, open: Draft[]): void {
    const begin = this.#at
    if (!this.#skip('<')) throw this.#refused('an element is wanted')
    const first = this.#text.charAt(this.#at)
    if (first === '!' || first === '?')
      throw this.#refused('document types, entities and instructions are not taken', begin)
    const name = this.#word(NAME)
    if (name === '') throw this.#refused('the name of an element is wanted')
    const element = new Draft(name, begin)
    element.attributes = this.#attributes()
    this.#blanks()
    parent.add(element)
    if (this.#skip('/>')) return
    if (!this.#skip('>')) throw this.#refused(`the tag of ${shown(name)} does not end`)
    if (open.length > DEEPEST) throw this.#refused('elements lie too deep in each other', begin)
    open.push(element)
  }

  #attributes(): XmlElement['attributes'] {
    // A tag ends sooner than it has an attribute.
    if (this.#text.charCodeAt(this.#at) === CLOSING_BRACKET) return NO_ATTRIBUTES
    let attributes: Map<string, string> | undefined
    for (let found = this.#take(ATTRIBUTE); found !== null; found = this.#take(ATTRIBUTE)) {
      const [, name = '', double, single = ''] = found
      attributes ??= new Map()
      if (attributes.has(name)) throw this.#refused(`the attribute ${name} stands twice`)
      const value = double ?? single
      attributes.set(name, this.#expanded(value, this.#at - value.length - 1))
    }
    return attributes ?? NO_ATTRIBUTES
  }

  #characters(parent: Draft): void {
    const plain = this.#word(TEXT)
    if (plain !== '') parent.say(this.#checked(plain))
    else if (this.#at >= this.#text.length) throw this.#refused(`the element ${parent.name} is not closed`)
    else parent.say(this.#reference())
  }

  /** An attribute's value, which begins at the offset, with its references replaced. */
  #expanded(value: string, offset: number): string {
    this.#checked(value)
    if (!value.includes('&')) return value
    const end = this.#at
    let result = ''
    for (this.#at = offset; this.#at < offset + value.length; ) {
      const plain = /[^&"']+|["']/y
      plain.lastIndex = this.#at
      const [piece] = plain.exec(this.#text) ?? []
      if (piece === undefined) result += this.#reference()
      else {
        result += piece.slice(0, offset + value.length - this.#at)
        this.#at += piece.length
      }
    }
    this.#at = end
    return result
  }

  #reference(): string {
    const begin = this.#at
    const [, entity, decimal, hexadecimal] = this.#take(REFERENCE) ?? []
    if (entity !== undefined) return entities[entity] ?? ''
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
    if (!(code <= 0x10ffff)) throw this.#refused('& begins no reference that is known', begin)
    return this.#checked(String.fromCodePoint(code), begin)
  }

  #checked(text: string, offset = this.#at - text.length): string {
    if (PLAIN.test(text)) return text
    const fault = text.search(FORBIDDEN)
    if (fault === -1) return text
    throw this.#refused('XML cannot hold this character', offset + fault)
  }

  #skipAround(): void {
    do this.#blanks()
    while (this.#take(COMMENT) !== null)
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found !== null) this.#at += found[0].length
    return found
  }

  /** What the pattern finds here, without an array of it; '' if nothing. */
  #word(pattern: RegExp): string {
    const begin = this.#at
    pattern.lastIndex = begin
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex
    return this.#text.slice(begin, this.#at)
  }

  #blanks(): void {
    for (;;) {
      const letter = this.#text.charCodeAt(this.#at)
      if (letter !== 0x20 && letter !== 0x09 && letter !== 0x0a && letter !== 0x0d) return
      this.#at++
    }
  }

  #skip(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false
    this.#at += expected.length
    return true
  }

  #refused(what: string, offset = this.#at): ChainmailError {
    return textError('bad-syntax', `${what}.`, this.#text, offset)
  }
}
