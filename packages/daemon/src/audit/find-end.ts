import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Ends } from './ends.ts'
import { type AuditFile, auditFiles, firstLine } from './files.ts'
import { type Head, hashOf, readLink } from './record.ts'

/** Where the records end, as they stand in the files. */
export interface FoundEnd {
  readonly last: Head
  /** The latest revision that has a record. */
  readonly revision: number | undefined
  /** The file to go on in; bytes of whole lines. */
  readonly file: { readonly first: number; readonly bytes: number }
  readonly first: Ends['first']
}

/** What is read of the last file to begin with. */
const TAIL = 256 * 1024

/** Finds where the chain goes on. A line that was not written to its end, because the process was killed, is none. */
export function findEnd(folder: string, noted: Ends | undefined): FoundEnd {
  const files = auditFiles(folder)
  const [oldest] = files
  const file = files.at(-1)
  if (oldest === undefined || file === undefined) return emptyEnd(noted)
  const tail = readTail(file)
  const bytes = file.bytes - (tail.length - (tail.lastIndexOf('\n') + 1))
  const lines = linesOf(tail)
  return {
    last: lastOf(lines) ?? { number: file.first - 1, hash: hashOf('') },
    revision: revisionOf(lines) ?? olderRevision(files),
    file: { first: file.first, bytes },
    first: {
      number: oldest.first,
      previous: readLink(firstLine(oldest.path) ?? '')?.previous ?? hashOf(''),
    },
  }
}

/** A chain begins from bytes that nobody knows beforehand. */
function emptyEnd(noted: Ends | undefined): FoundEnd {
  const first = noted?.first ?? { number: 1, previous: randomBytes(32).toString('hex') }
  return {
    last: { number: first.number - 1, hash: first.previous },
    revision: undefined,
    file: { first: (noted?.last.number ?? 0) + 1, bytes: 0 },
    first,
  }
}

function readTail({ path, bytes }: AuditFile): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(bytes, TAIL))
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, bytes - buffer.length))
  } finally {
    closeSync(file)
  }
}

/** Those that end. */
function linesOf(text: Buffer): string[] {
  return text.toString().split('\n').slice(0, -1)
}

function lastOf(lines: readonly string[]): Head | undefined {
  const line = lines.findLast((one) => readLink(one) !== undefined)
  const number = line === undefined ? undefined : readLink(line)?.number
  return line === undefined || number === undefined ? undefined : { number, hash: hashOf(line) }
}

function olderRevision(files: readonly AuditFile[]): number | undefined {
  for (const { path } of files.toReversed()) {
    const revision = revisionOf(linesOf(readFileSync(path)))
    if (revision !== undefined) return revision
  }
  return undefined
}

/** Requests tell of revisions too, but not in their order. */
function revisionOf(lines: readonly string[]): number | undefined {
  const line = lines.findLast((one) => /"kind":"(?:change|start)"/.test(one))
  const revision = line === undefined ? undefined : readLink(line)?.members.revision
  return typeof revision === 'number' ? revision : undefined
}
