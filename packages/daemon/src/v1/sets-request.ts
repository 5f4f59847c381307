import type { EntryInput, EntryOptionName, EntryRequest } from '@chainmail/kernel'
import { ChainmailError, parseDuration } from 'chainmail'
import { DaemonError } from '../errors.ts'

type Reader = (value: unknown, name: string) => EntryRequest[EntryOptionName]

/** How each option of an entry is read from JSON. What its values may be, the kernel package says. */
const readers: Readonly<Record<EntryOptionName, Reader>> = {
  timeout: readTimeout,
  packets: readCount,
  bytes: readCount,
  comment: readText,
  skbmark: readText,
  skbprio: readText,
  skbqueue: readNumber,
  nomatch: readFlag,
  wildcard: readFlag,
  before: readText,
  after: readText,
}

/**
 * Reads a line: a text, which is the element, or an object that has it as a member beside its options.
 * @throws DaemonError `bad-json`; ChainmailError `bad-request`, `bad-duration`
 */
export function readEntryLine(line: string): EntryInput {
  const value = parse(line)
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('A line has to be an entry, {"element": …}, or a text, which is its element')
  const entry: EntryRequest = { element: readElement(value) }
  for (const [name, option] of Object.entries(value)) {
    if (name === 'element') continue
    if (!isOption(name)) throw refused(`${JSON.stringify(name.slice(0, 60))} is not a member of an entry`)
    Object.assign(entry, { [name]: readers[name](option, name) })
  }
  return entry
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new DaemonError('bad-json', 'The line cannot be read as JSON.', error)
  }
}

function readElement(value: object): string {
  if ('element' in value && typeof value.element === 'string') return value.element
  throw refused('"element" has to be there, and to be a text')
}

function isOption(name: string): name is EntryOptionName {
  return Object.hasOwn(readers, name)
}

function readTimeout(value: unknown): number {
  return value === 0 ? 0 : parseDuration(value)
}

function readCount(value: unknown, name: string): number | bigint {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^[0-9]{1,20}$/.test(value)) return BigInt(value)
  throw refused(`${name} has to be a number, or a text of decimal digits`)
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw refused(`${name} has to be a text`)
}

function readNumber(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  throw refused(`${name} has to be a number`)
}

function readFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw refused(`${name} has to be true or false`)
}

function refused(message: string): ChainmailError {
  return new ChainmailError('bad-request', `${message}.`)
}
