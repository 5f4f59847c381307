import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { BrokenLine, ListOptions } from 'chainmail/lists'
import type { Input, Session } from '../command.ts'
import { choice, flag, text } from '../option.ts'
import { asRefusal, Refusal } from '../refusal.ts'
import { unreachableFile } from '../rule-text.ts'
import type { ProgressReport } from '../terminal/progress.ts'
import { printable } from '../terminal/text.ts'

/** The formats of lists, as `chainmail/lists` has them: it is loaded only by what reads lists. */
export const listFormats = ['plain', 'csv', 'json', 'ipset'] as const

export const formatOption = choice({
  name: 'format',
  placeholder: 'FORMAT',
  choices: listFormats,
  about:
    'the form of the list: plain has an entry a line with comments behind # or ;, csv is a column of a table, json a JSON value a line, and ipset what ipset save prints',
  otherwise: 'what its first line looks like',
})

export const columnOption = text({
  name: 'column',
  placeholder: 'NAME',
  about:
    'where the entries are: the name of a CSV column or its number from 1, the name of a JSON member, or the name of the set in what ipset save prints',
  otherwise: 'what is named like an address, or holds one',
})

export const skipBrokenOption = flag({
  name: 'skip-broken',
  about:
    'leave out lines that hold no such entry, and tell their numbers; without it the first one stops everything',
})

export const listOptions = [formatOption, columnOption, skipBrokenOption] as const

/** How many broken lines are told of one by one. */
const TOLD = 20

/** The broken lines of a list: the first ones, and how many there are. */
export class BrokenLines {
  readonly first: BrokenLine[] = []
  count = 0

  add(broken: BrokenLine): void {
    this.count++
    if (this.first.length < TOLD) this.first.push(broken)
  }

  /** For people, without the line of the list itself. */
  lines(what: string): readonly string[] {
    if (this.count === 0) return []
    const rest = this.count - this.first.length
    return [
      `${this.count === 1 ? '1 line was' : `${this.count} lines were`} ${what}:`,
      ...this.first.map(({ line, message }) => printable(`  line ${line}: ${message}`)),
      ...(rest === 0 ? [] : [`  and ${rest} more`]),
    ]
  }
}

/** How a list is read, as the options of the command say. */
export function listOptionsOf(input: Input, broken: BrokenLines): ListOptions {
  const column = input.value(columnOption)
  return {
    format: input.value(formatOption),
    column: column !== undefined && /^[1-9]\d{0,4}$/.test(column) ? Number(column) : column,
    onBroken: input.has(skipBrokenOption) ? 'skip' : 'stop',
    reportBroken: (line) => broken.add(line),
  }
}

/** What a list broke off with, as a refusal; of a broken line, with what to do. */
export function brokenOff(error: unknown): unknown {
  // What is a refusal already is about the file, and not about what is in it.
  const told = error instanceof Refusal ? undefined : asRefusal(error)
  if (told === undefined) return error
  const isOfLine = error instanceof Error && 'line' in error && error.line !== undefined
  return new Refusal(told.problem, isOfLine ? SKIP : undefined, 'refused')
}

/** An error that tells more in a further sentence, where it is one for people. */
export function tellingMore(error: unknown, sentence: string): unknown {
  const told = asRefusal(error)
  if (told === undefined) return error
  const detail = `${told.message} ${sentence}`
  return new Refusal({ ...told.problem, detail }, told.advice, told.ends)
}

const SKIP = '--skip-broken leaves out lines that hold no entry, and tells of them.'

/** What a list is read from. */
export interface OpenList {
  readonly bytes: AsyncIterable<Uint8Array | string>
  /** In bytes, if that is known. */
  readonly length: number | undefined
  /** About how many lines it has, if its length is known. */
  readonly lines: number | undefined
}

/** A file, or standard input for `-`, as it comes. */
export async function openList(file: string, session: Session): Promise<OpenList> {
  if (file === '-') return { bytes: session.stream(), length: undefined, lines: undefined }
  try {
    const facts = await stat(file)
    const length = facts.isFile() ? facts.size : undefined
    const lines = length === undefined ? undefined : await linesIn(file, length)
    return { bytes: fileBytes(file), length, lines }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw unreachableFile(file, 'read', error)
  }
}

/** How many lines a file would have if all were as long as the first ones. */
async function linesIn(file: string, length: number): Promise<number> {
  await using opened = await open(file)
  const { bytesRead, buffer } = await opened.read(Buffer.alloc(SEEN), 0, SEEN, 0)
  let lines = 0
  for (let at = buffer.indexOf(NEWLINE); at !== -1 && at < bytesRead; at = buffer.indexOf(NEWLINE, at + 1))
    lines++
  return bytesRead === 0 ? 0 : Math.round((lines * length) / bytesRead)
}

const SEEN = 65_536
const NEWLINE = 0x0a

async function* fileBytes(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of createReadStream(file)) if (chunk instanceof Uint8Array) yield chunk
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw unreachableFile(file, 'read', error)
  }
}

/** The same bytes, counted on their way. */
export async function* counted(
  bytes: AsyncIterable<Uint8Array | string>,
  progress: ProgressReport,
): AsyncGenerator<Uint8Array | string, void> {
  for await (const piece of bytes) {
    progress.bytes(piece.length)
    yield piece
  }
}
