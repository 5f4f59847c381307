import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pace } from '@chainmail/kernel'
import { ChainCheck, type Finding } from './chain-check.ts'
import { type Ends, readEnds } from './ends.ts'
import { type AuditFile, auditFiles, ENDS } from './files.ts'

/** What became of a check of all records. */
export interface Verdict {
  readonly holds: boolean
  readonly records: number
  readonly findings: readonly Finding[]
  /** Where the chain begins and ends; absent where that was not noted. */
  readonly ends?: Ends | undefined
}

/** Lines that are handled without a look at the clock. */
const PACED = 64

const LINE_END = 0x0a

/** The lines of a file without their ends, as far as they have one. */
async function* linesOf(path: string): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path)) {
    if (!Buffer.isBuffer(chunk)) continue
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      yield bytes.subarray(start, end)
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
}

/** All records that are kept, the oldest first, each as its line without the end. */
export async function* auditLines(folder: string): AsyncGenerator<Buffer, void> {
  for (const { path } of auditFiles(folder)) yield* linesOf(path)
}

/**
 * Checks every record against the one before, and the ends of the chain against where they were noted. It does not hold
 * the event loop.
 *
 * @param wanted a hash that was noted elsewhere, which one of the records has to have
 */
export async function verifyAudit(folder: string, wanted?: string): Promise<Verdict> {
  const ends = readEnds(join(folder, ENDS))
  const check = new ChainCheck(ends, wanted)
  const pace = new Pace()
  let seen = 0
  for await (const line of auditLines(folder)) {
    check.add(line)
    if (++seen % PACED === 0) await pace.step()
  }
  const findings = check.end()
  return { holds: findings.length === 0, records: check.records, findings, ends }
}

/** Some records in a row, each as its line, with its number by its place. */
export interface AuditPage {
  readonly lines: readonly string[]
  /** Of the first of the lines. */
  readonly first: number
}

/**
 * Records behind a number, the oldest first. The place of a line in its file tells its number, whatever it says itself.
 * @param since milliseconds since 1970: only records of then or later
 */
export function recordsBehind(folder: string, number: number, most: number, since?: number): AuditPage {
  const files = auditFiles(folder)
  const begin = since === undefined ? number : Math.max(number, lastBefore(files, since))
  const lines: string[] = []
  let first = begin + 1
  for (const [index, file] of files.entries()) {
    const next = files[index + 1]?.first ?? Number.POSITIVE_INFINITY
    if (next <= begin + 1) continue
    if (lines.length === 0) first = Math.max(begin + 1, file.first)
    const skipped = Math.max(0, begin + 1 - file.first)
    for (const line of wholeLines(file).slice(skipped, skipped + most - lines.length)) lines.push(line)
    if (lines.length >= most) break
  }
  return { lines, first }
}

/** Records before a number, the newest last. */
export function recordsBefore(folder: string, number: number, most: number): AuditPage {
  const pieces: string[][] = []
  let missing = most
  let first = number
  for (const file of auditFiles(folder).toReversed()) {
    if (missing === 0) break
    if (file.first >= number) continue
    const lines = wholeLines(file).slice(0, Math.min(number - file.first, Number.MAX_SAFE_INTEGER))
    const piece = lines.slice(Math.max(0, lines.length - missing))
    first = file.first + lines.length - piece.length
    missing -= piece.length
    pieces.unshift(piece)
  }
  return { lines: pieces.flat(), first }
}

function wholeLines({ path }: AuditFile): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

/** The number of the last record before a time. Times hardly ever go back. */
function lastBefore(files: readonly AuditFile[], since: number): number {
  let last = (files[0]?.first ?? 1) - 1
  for (const file of files) {
    const lines = wholeLines(file)
    const place = lines.findIndex((line) => timeOf(line) >= since)
    if (place !== -1) return Math.max(last, file.first + place - 1)
    last = file.first + lines.length - 1
  }
  return last
}

/** The second member of every record. */
const TIME = /^\{"number":\d+,"time":"([^"]{1,40})"/

function timeOf(line: string): number {
  return Date.parse(TIME.exec(line)?.[1] ?? '')
}
