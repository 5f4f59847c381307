import type { ListingContext, Shown } from './shown.ts'

/** A part of what -L prints of a match or target; nothing where it does not apply. */
export type Piece = string | ((shown: Shown, context: ListingContext) => string)

/** How a match or target is listed: its parts with a blank between any two. */
export type Listed = readonly Piece[]

/** Writes the text of an option for people, in place of what iptables-save prints. */
type Write = (text: string, context: ListingContext) => string

export function joined(pieces: Listed, shown: Shown, context: ListingContext): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : piece(shown, context)))
    .filter((text) => text !== '')
    .join(' ')
}

/** `! label value` */
export function before(key: string, label: string, write: Write = itself): Piece {
  return one(key, (not, text) => `${not ? '! ' : ''}${label} ${text}`, write)
}

/** `label ! value` */
export function after(key: string, label: string, write: Write = itself): Piece {
  return one(key, (not, text) => `${label} ${not ? '! ' : ''}${text}`, write)
}

/** `label!value`: the label brings its own blank, if there is one. */
export function tight(key: string, label: string, write: Write = itself): Piece {
  return one(key, (not, text) => `${label}${not ? '!' : ''}${text}`, write)
}

/** `!label=value` */
export function marked(key: string, label: string, write: Write = itself): Piece {
  return one(key, (not, text) => `${not ? '!' : ''}${label}${text}`, write)
}

/** `label:!value`, or `labels:!low:high` for a range. */
export function range(key: string, label: string, write: Write = itself): Piece {
  return one(
    key,
    (not, text, raw) => `${label}${raw.includes(':') ? 's' : ''}:${not ? '!' : ''}${text}`,
    write,
  )
}

/** A word for an option without a value; `mark` stands before it when it is negated. */
export function word(key: string, label: string, mark = '! '): Piece {
  return (shown) => {
    const option = shown.get(key)
    return option === undefined ? '' : `${option.not ? mark : ''}${label}`
  }
}

function one(key: string, format: (not: boolean, text: string, raw: string) => string, write: Write): Piece {
  return (shown, context) => {
    const option = shown.get(key)
    return option === undefined ? '' : format(option.not, write(option.text, context), option.text)
  }
}

function itself(text: string): string {
  return text
}

/** A port, a range of them or a list of both, by the names of their services unless numbers are wanted. */
export const ports: Write = (text, context) =>
  text.replace(/\d+/g, (port) => {
    const name = context.numeric ? undefined : context.names.service(Number(port), context.protocol)
    return name ?? port
  })
