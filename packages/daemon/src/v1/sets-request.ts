import type { EntryInput, EntryOptionName, EntryRequest } from '@chainmail/kernel'
import { parseDuration } from 'chainmail'
import { parseLine, readFlag, readNumber, readText, refusedLine } from './line-members.ts'

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
  return readEntry(parseLine(line))
}

/** The same of what was read as JSON already. */
export function readEntry(value: unknown): EntryInput {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedLine('A line has to be an entry, {"element": …}, or a text, which is its element')
  const entry: EntryRequest = { element: readElement(value) }
  for (const [name, option] of Object.entries(value)) {
    if (name === 'element') continue
    if (!isOption(name)) throw refusedLine(`${JSON.stringify(name.slice(0, 60))} is not a member of an entry`)
    Object.assign(entry, { [name]: readers[name](option, name) })
  }
  return entry
}

function readElement(value: object): string {
  if ('element' in value && typeof value.element === 'string') return value.element
  throw refusedLine('"element" has to be there, and to be a text')
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
  throw refusedLine(`${name} has to be a number, or a text of decimal digits`)
}
