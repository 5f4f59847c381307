import { type EntryOptions, quote } from '@chainmail/kernel'
import { parseDuration } from '../../duration.ts'
import { isAddressName } from '../column-names.ts'
import { LineFault } from '../line-fault.ts'
import { type LineEntry, type LineReader, NO_OPTIONS } from '../line-reader.ts'

/** The member of an entry as the library and the daemon write it; its other members are the entry's options. */
const ELEMENT = 'element'

/**
 * A JSON value a line: a string, or an object with the entry as a member.
 *
 * @param member its name, or names joined by points; `element`, or what is named like an address if not said
 */
export function jsonReader(member: string | undefined): LineReader {
  return {
    read(text) {
      const line = text.trim()
      if (line === '') return undefined
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        return new LineFault('bad-syntax', `The line is not JSON: ${error.message}.`)
      }
      return typeof value === 'object' ? entryIn(value, member) : wholeEntry(value)
    },
  }
}

function wholeEntry(value: unknown): LineEntry | LineFault {
  if (typeof value === 'string') return { element: value, options: NO_OPTIONS }
  return new LineFault('bad-syntax', `An entry is a JSON string or an object, not ${typeof value}.`)
}

function entryIn(object: object | null, member: string | undefined): LineEntry | LineFault {
  const name = member ?? addressMember(object)
  const found = name === undefined ? undefined : memberOf(object, name)
  const element = typeof found === 'number' ? String(found) : found
  if (typeof element === 'string') {
    const options = name === ELEMENT ? optionsIn(object) : NO_OPTIONS
    return options instanceof LineFault ? options : { element, options }
  }
  const what = name === undefined ? 'no member that is named like an address' : `no string ${quote(name)}`
  return new LineFault('bad-syntax', `The object has ${what}.`)
}

function addressMember(object: object | null): string | undefined {
  const names = Object.keys(object ?? {})
  return names.find((name) => name === ELEMENT) ?? names.find(isAddressName)
}

/** The member of exactly this name, or the one that its parts lead to. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const own = Object.entries(value).find(([key]) => key === name)
  if (own !== undefined) return own[1]
  const point = name.indexOf('.')
  return point === -1 ? undefined : memberOf(memberOf(value, name.slice(0, point)), name.slice(point + 1))
}

/** What no duration of the library refuses. */
const DURATION = /^[1-9]\d{0,6}[smhdw]?$/

type OptionReader = (value: unknown) => EntryOptions | undefined

/** A duration too, such as `10m`; 0 is never. */
const timeout: OptionReader = (value) => {
  if (typeof value === 'number') return { timeout: value }
  return typeof value === 'string' && DURATION.test(value) ? { timeout: parseDuration(value) } : undefined
}
const queue: OptionReader = (value) => (typeof value === 'number' ? { skbqueue: value } : undefined)
const text =
  (name: 'comment' | 'skbmark' | 'skbprio' | 'before' | 'after'): OptionReader =>
  (value) =>
    typeof value === 'string' ? { [name]: value } : undefined
const flag =
  (name: 'nomatch' | 'wildcard'): OptionReader =>
  (value) =>
    typeof value === 'boolean' ? { [name]: value } : undefined
/** Counters above 2^53 - 1 are written as decimal texts. */
const counter =
  (name: 'packets' | 'bytes'): OptionReader =>
  (value) => {
    if (typeof value === 'number') return { [name]: value }
    return typeof value === 'string' && /^\d{1,20}$/.test(value) ? { [name]: BigInt(value) } : undefined
  }

const optionReaders: Readonly<Record<keyof EntryOptions, OptionReader>> = {
  timeout,
  packets: counter('packets'),
  bytes: counter('bytes'),
  comment: text('comment'),
  skbmark: text('skbmark'),
  skbprio: text('skbprio'),
  skbqueue: queue,
  nomatch: flag('nomatch'),
  wildcard: flag('wildcard'),
  before: text('before'),
  after: text('after'),
}

const readers = new Map(Object.entries(optionReaders))

function optionsIn(object: object | null): EntryOptions | LineFault {
  let options = NO_OPTIONS
  for (const [name, value] of Object.entries(object ?? {})) {
    const read = readers.get(name)
    if (read === undefined) continue
    const option = read(value)
    if (option === undefined) {
      return new LineFault(
        'bad-entry-option',
        `The entry option ${name} cannot be ${quote(JSON.stringify(value))}.`,
      )
    }
    options = { ...options, ...option }
  }
  return options
}
