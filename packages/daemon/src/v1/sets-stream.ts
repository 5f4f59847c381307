import type { EntryInput } from '@chainmail/kernel'
import { ChainmailError, type LineBlock, LineFault, lineBlocks } from 'chainmail'
import type { LineCounts } from '../audit/record.ts'
import { DaemonError } from '../errors.ts'
import { problemOf } from '../problems.ts'
import type { BulkChange } from './sets-firewall.ts'
import { readEntryLine } from './sets-request.ts'

/** What a stream may be. */
export const streamLimits = {
  /** Of one line. */
  lineBytes: 65_536,
  bytes: 1024 * 1024 * 1024,
  /** Milliseconds that it may pause. */
  pause: 30_000,
} as const

/** Lines that are sent to the kernel at a time: a few milliseconds, even when each of them is refused. */
const PIECE = 256

/** A refusal that belongs to one line of a request. */
export class LineError extends Error {
  override readonly name = 'LineError'
  readonly code: string
  readonly path: string

  /** @param line counted from 1 */
  constructor(line: number, code: string, message: string, cause?: unknown) {
    super(`Line ${line}: ${message}`, { cause })
    this.code = code
    this.path = `line ${line}`
  }
}

/**
 * What arrives, as long as it keeps to the limits.
 * @throws DaemonError `request-timeout`, `body-too-large`; ChainmailError `entries-broke-off`
 */
export async function* limited(
  body: AsyncIterable<Uint8Array>,
  { bytes, pause }: { readonly bytes: number; readonly pause: number } = streamLimits,
): AsyncGenerator<Uint8Array, void> {
  const pieces = body[Symbol.asyncIterator]()
  let received = 0
  for (;;) {
    const next = await orTimeout(pieces.next(), pause).catch(brokenOff)
    if (next.done === true) return
    received += next.value.length
    if (received > bytes)
      throw new DaemonError('body-too-large', `A stream may have ${bytes} bytes. Send the rest in another.`)
    yield next.value
  }
}

/** Whoever sends it has gone away: that is no fault of this daemon. */
function brokenOff(error: unknown): never {
  if (error instanceof DaemonError) throw error
  const words = error instanceof Error ? error.message : String(error)
  throw new ChainmailError('entries-broke-off', `The request broke off before its end: ${words}.`, {
    cause: error,
  })
}

async function orTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      late.reject(
        new DaemonError('request-timeout', `Nothing came for ${milliseconds / 1000} seconds in the stream.`),
      ),
    milliseconds,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The entries of a request, which all have to be readable. @throws LineError at the first that is not */
export async function* entriesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<EntryInput, void> {
  for await (const { first, lines } of lineBlocks(body)) {
    for (const [index, line] of lines.entries()) {
      const read = readLine(line, entryKind)
      if (read instanceof Fault) throw new LineError(first + index, read.code, read.detail)
      yield read
    }
  }
}

/** Makes some changes. What it throws may tell how far it came. */
export type Change<Item = EntryInput> = (items: Iterable<Item>) => Promise<BulkChange>

/** What the lines of a request are. */
export interface LineKind<Item> {
  /** @throws what the line is refused with */
  read(line: string): Item
  /** How a result says which item it is about: the name of the member, and its value. */
  readonly member: string
  nameOf(item: Item): string
}

/** The entries of a set. */
export const entryKind: LineKind<EntryInput> = {
  read: readEntryLine,
  member: 'element',
  nameOf: (entry) => (typeof entry === 'string' ? entry : entry.element),
}

export interface ResultOptions {
  /** Whether only refused lines are told of. */
  readonly onlyRefused: boolean
  /** Is told of a failure that has no code of its own. */
  readonly onFault: (error: unknown) => void
  /** Is told of what became of the lines, as far as it is known, whenever that has grown. */
  readonly onCounts?: (counts: LineCounts) => void
}

/** As {@link lineResults}, of the entries of a set. */
export function resultsOf(
  body: AsyncIterable<Uint8Array>,
  change: Change,
  options: ResultOptions,
  kind = entryKind,
): AsyncGenerator<string, void> {
  return lineResults(body, kind, change, options)
}

/**
 * Makes the changes that the lines of a request ask for, some hundred at a time, and tells what became of each when it
 * is done; at last the summary. What was accepted stays when the request breaks off.
 */
export async function* lineResults<Item>(
  body: AsyncIterable<Uint8Array>,
  kind: LineKind<Item>,
  change: Change<Item>,
  { onlyRefused, onFault, onCounts }: ResultOptions,
): AsyncGenerator<string, void> {
  const summary = { complete: false, lines: 0, accepted: 0, refused: 0 }
  let failure: unknown
  try {
    for await (const block of piecesOf(body)) {
      const results = await blockResults(block, kind, change)
      for (const { isRefused } of results.told) summary[isRefused ? 'refused' : 'accepted']++
      summary.lines += results.told.length
      onCounts?.({ ...summary })
      const told = onlyRefused ? results.told.filter(({ isRefused }) => isRefused) : results.told
      if (told.length > 0) yield told.map(({ text }) => text).join('')
      if (results.failure !== undefined) throw results.failure
    }
    summary.complete = true
    onCounts?.({ ...summary })
  } catch (error) {
    failure = error
  }
  if (failure === undefined) yield `${JSON.stringify({ summary })}\n`
  else {
    const { code, detail } = problemOf(failure)
    if (code === 'internal') onFault(failure)
    yield `${JSON.stringify({ summary: { ...summary, error: { code, detail } } })}\n`
  }
}

async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock, void> {
  for await (const { first, lines } of lineBlocks(body)) {
    for (let start = 0; start < lines.length; start += PIECE)
      yield { first: first + start, lines: lines.slice(start, start + PIECE) }
  }
}

interface Told {
  readonly isRefused: boolean
  readonly text: string
}

/** Why a line is refused. */
class Fault {
  readonly code: string
  readonly detail: string

  constructor(code: string, detail: string) {
    this.code = code
    this.detail = detail
  }
}

async function blockResults<Item>(
  { first, lines }: LineBlock,
  kind: LineKind<Item>,
  send: Change<Item>,
): Promise<{ told: Told[]; failure?: Error }> {
  const read = lines.map((line) => readLine(line, kind))
  const entries: Item[] = []
  const places: number[] = []
  for (const [place, entry] of read.entries()) {
    if (entry instanceof Fault) continue
    entries.push(entry)
    places.push(place)
  }
  let failure: Error | undefined
  let end = read.length
  let change: BulkChange = { accepted: 0, refused: [] }
  try {
    // Not as an array: room would be made for each block by itself.
    change = await send(entries.values())
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
    if (isBulkChange(error)) {
      change = error
      // Its own words count the entries of this block alone.
      if (error.cause instanceof Error) failure = error.cause
    }
    end = places[change.accepted + change.refused.length] ?? end
  }
  const refused = new Map(change.refused.map((entry) => [places[entry.index], entry]))
  const told = read.slice(0, end).map((entry, place): Told => {
    const line = first + place
    if (entry instanceof Fault) return refusal(line, {}, entry)
    const name = kind.nameOf(entry)
    const fault = refused.get(place)
    if (fault !== undefined)
      return refusal(line, { [kind.member]: name }, new Fault(fault.code, fault.message))
    return {
      isRefused: false,
      text: `{"line":${line},"${kind.member}":${JSON.stringify(name)},"ok":true}\n`,
    }
  })
  return failure === undefined ? { told } : { told, failure }
}

function isBulkChange(error: unknown): error is Error & BulkChange {
  return error instanceof Error && 'accepted' in error && 'refused' in error
}

function refusal(line: number, name: Readonly<Record<string, string>>, error: Fault): Told {
  return { isRefused: true, text: `${JSON.stringify({ line, ...name, ok: false, error })}\n` }
}

function readLine<Item>(line: string | LineFault, { read }: LineKind<Item>): Item | Fault {
  if (line instanceof LineFault) return new Fault(line.code, line.message)
  try {
    return read(line)
  } catch (error) {
    return faultOf(error)
  }
}

function faultOf(error: unknown): Fault {
  const { code, detail } = problemOf(error)
  return new Fault(code, detail)
}
