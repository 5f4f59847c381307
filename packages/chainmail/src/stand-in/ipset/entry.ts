import {
  type EntryOptionName,
  type EntryRequest,
  maximumTimeout,
  type SetHeader,
  setTypes,
} from '@chainmail/kernel'
import { checkLength } from './call.ts'
import { readElement } from './element.ts'
import { numberOf } from './number.ts'
import { syntaxError, wrongArguments } from './refusal.ts'

export type EntryCommand = 'add' | 'del' | 'test'

/** ipset(8) keeps 2^64 - 1 for "no value". */
const MOST_COUNTED = 2n ** 64n - 2n
const LONGEST_COMMENT = 255

type OptionValue = NonNullable<EntryRequest[EntryOptionName]>

/** What each option's value may be; a flag has none. */
const readers: Readonly<Record<EntryOptionName, ((word: string) => OptionValue) | undefined>> = {
  timeout: (word) => Number(numberOf(word, 0, maximumTimeout)),
  packets: (word) => numberOf(word, 0, MOST_COUNTED),
  bytes: (word) => numberOf(word, 0, MOST_COUNTED),
  comment: commentOf,
  skbmark: markOf,
  skbprio: classOf,
  skbqueue: (word) => Number(numberOf(word, 0, 65_535)),
  nomatch: undefined,
  wildcard: undefined,
  before: memberOf,
  after: memberOf,
}

/** ipset(8), ADD-OPTIONS, DEL-OPTIONS and TEST-OPTIONS. */
const allowed: Readonly<Record<EntryCommand, ReadonlySet<string>>> = {
  add: new Set(Object.keys(readers)),
  del: new Set(['before', 'after']),
  test: new Set(['nomatch', 'before', 'after']),
}

/**
 * The entry that the words behind a set's name mean.
 *
 * @throws IpsetRefusal
 */
export async function readEntry(
  command: EntryCommand,
  words: readonly string[],
  set: SetHeader,
): Promise<EntryRequest> {
  const [element = '', ...options] = words
  const entry: EntryRequest = { ...(await readElement(element, set)) }
  const names = setTypes[set.type]?.entryOptions ?? {}
  for (let at = 0; at < options.length; at++) {
    const word = options[at] ?? ''
    const name = word.startsWith('--') ? word.slice(2) : word
    if (!isOption(name) || names[name] === undefined || !allowed[command].has(name))
      throw wrongArguments(`Unknown argument: \`${word}'`)
    const isPlaced = (name === 'before' || name === 'after') && (entry.before ?? entry.after) !== undefined
    if (isPlaced || entry[name] !== undefined)
      throw syntaxError(`${isPlaced ? 'before' : name} already specified`)
    const reader = readers[name]
    if (reader === undefined) Object.assign(entry, { [name]: true })
    else {
      const value = options[++at]
      if (value === undefined) throw wrongArguments(`Missing mandatory argument of option \`${name}'`)
      Object.assign(entry, { [name]: reader(value) })
    }
  }
  return entry
}

function isOption(name: string): name is EntryOptionName {
  return Object.hasOwn(readers, name)
}

function commentOf(word: string): string {
  if (word.includes('"')) throw syntaxError('" character is not permitted in comments')
  if (Buffer.byteLength(word) > LONGEST_COMMENT)
    throw syntaxError(`Comment is longer than the maximum allowed ${LONGEST_COMMENT} characters`)
  return word
}

/** What stands behind the mask is read over. */
function markOf(word: string): string {
  const [, mark, mask] = /^(0x[0-9a-f]{1,8})(?:\/(0x[0-9a-f]{1,8}))?/i.exec(word) ?? []
  if (mark === undefined)
    throw syntaxError('Invalid skbmark format, it should be:  MARK/MASK or MARK (see manpage)')
  return mask === undefined ? mark : `${mark}/${mask}`
}

/** The lower 16 bits of both numbers. */
function classOf(word: string): string {
  const [, major, minor] = /^([0-9a-f]+):([0-9a-f]+)$/i.exec(word) ?? []
  if (major === undefined || minor === undefined)
    throw syntaxError('Invalid skbprio format, it should be:MAJOR:MINOR (see manpage)')
  return `${major.slice(-4)}:${minor.slice(-4)}`
}

function memberOf(word: string): string {
  checkLength(word)
  return word
}
