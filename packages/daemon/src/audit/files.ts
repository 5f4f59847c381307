import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../errors.ts'

/** One file of records. */
export interface AuditFile {
  readonly path: string
  /** The number of its first record, which its name tells. */
  readonly first: number
  readonly bytes: number
}

/** The file of {@link Ends}, and that of the requests under way. */
export const ENDS = 'head'
export const UNDER_WAY = 'under-way'

const NAME = /^audit-(\d{12})\.jsonl$/

/** The folder of the records, in the folder of the state. */
export function auditFolder(state: string): string {
  return join(state, 'audit')
}

export function nameOf(first: number): string {
  return `audit-${String(first).padStart(12, '0')}.jsonl`
}

/** The files of records, the oldest first. */
export function auditFiles(folder: string): AuditFile[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const first = Number(NAME.exec(name)?.[1])
      if (Number.isNaN(first)) return []
      const path = join(folder, name)
      const found = statSync(path, { throwIfNoEntry: false })
      return found === undefined ? [] : [{ path, first, bytes: found.size }]
    })
}

/** Bytes within which the first line of a file ends. */
const FIRST_LINE = 16 * 1024

/** The first line of a file without its end; undefined where there is none. */
export function firstLine(path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(FIRST_LINE)
      const text = buffer.subarray(0, readSync(file, buffer)).toString()
      const end = text.indexOf('\n')
      return end === -1 ? undefined : text.slice(0, end)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
