import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DaemonError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { type Ends, endsText, readEnds } from './ends.ts'
import { auditFiles, ENDS, firstLine, nameOf } from './files.ts'
import { type FoundEnd, findEnd } from './find-end.ts'
import { type AuditRecord, type Head, hashOf, lineOf, readLink } from './record.ts'

export interface AuditLogOptions {
  readonly folder: string
  /** Bytes that all files may have together. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** write(2): of a text to the end of a file; returns how many bytes it took. */
  readonly write?: ((file: number, bytes: Uint8Array) => number) | undefined
  /** Told when records cannot be written, once each time that it begins. */
  readonly onFault?: ((error: unknown) => void) | undefined
}

/** A record that stands in the chain. */
export interface Chained extends Head {
  readonly line: string
}

/** One file has so many of all bytes. */
const FILES = 8

/** Milliseconds between two times that the records are brought to the disk. */
const SYNC_EVERY = 1_000

/** Records that wait to be written while they cannot be; what comes then is not kept. */
const MOST_WAITING = 10_000

const OWNER_ALONE = 0o600
const FOLDER_OF_OWNER = 0o700

/**
 * The audit log: lines of JSON, each with the hash of the one before, in files that are only ever appended to.
 *
 * 1. What {@link whenWritten} has called back for stands in the file, and survives the end of this process, however it
 *    ends. All that is appended within one turn of the event loop is one write(2).
 * 2. It reaches the disk within a second. A power cut may take the last second of requests; changes are written down again
 *    from the history, which has them in the store.
 * 3. The ends of the chain are noted in a file of their own after each write. Where the records end before the noted
 *    one, a record that says so begins the rest: what was lost, or cut off, stays visible.
 * 4. All files together never have more than the given size: the oldest go, and where the chain then begins is noted.
 * 5. While it cannot be written, {@link fault} tells why, and whoever changes something refuses to.
 */
export class AuditLog {
  readonly folder: string
  readonly #size: number
  readonly #now: () => number
  readonly #write: (file: number, bytes: Uint8Array) => number
  readonly #onFault: (error: unknown) => void
  readonly #ends: number
  readonly #listeners = new Set<(records: readonly Chained[]) => void>()
  #first: Ends['first']
  #file: number
  /** The first record of the file that is written to, its bytes, and those of the others. */
  #fileStart: number
  #fileBytes: number
  #otherBytes: number
  /** The latest record, and the latest that is written. */
  #head: Head
  #written: Head
  #time = { now: Number.NaN, text: '' }
  #waiting: Chained[] = []
  #callbacks: (() => void)[] = []
  #scheduled = false
  #fault: Error | undefined
  /** Files that are not written to any more, and are open still. */
  readonly #full: number[] = []
  #isSyncing = false
  #isDirty = false
  #syncTimer: NodeJS.Timeout | undefined
  #isClosed = false
  readonly #revision: number | undefined

  /** @throws DaemonError `audit-failed` where it cannot be opened */
  constructor({
    folder,
    size,
    now = Date.now,
    write = writeSync,
    onFault = () => undefined,
  }: AuditLogOptions) {
    this.folder = folder
    this.#size = size
    this.#now = now
    this.#write = write
    this.#onFault = onFault
    try {
      makeFolder(folder, FOLDER_OF_OWNER)
      const noted = readEnds(join(folder, ENDS))
      const found = findEnd(folder, noted)
      this.#revision = found.revision
      this.#fileStart = found.file.first
      this.#file = openSync(join(folder, nameOf(found.file.first)), 'a', OWNER_ALONE)
      ftruncateSync(this.#file, found.file.bytes)
      this.#fileBytes = found.file.bytes
      const others = auditFiles(folder).filter(({ first }) => first !== found.file.first)
      this.#otherBytes = others.reduce((sum, { bytes }) => sum + bytes, 0)
      this.#ends = openSync(join(folder, ENDS), noted === undefined ? 'w' : 'r+', OWNER_ALONE)
      this.#first = noted?.first ?? found.first
      this.#head = found.last
      this.#written = found.last
      this.#tellStrange(found, noted)
      this.#flush()
      this.#writeEnds()
    } catch (error) {
      throw failed(error, folder)
    }
  }

  /** The latest record that is written. */
  get written(): Head {
    return this.#written
  }

  /** The latest revision of the history that has a record; undefined where none had, when the log was opened. */
  get revision(): number | undefined {
    return this.#revision
  }

  /** Why records cannot be written; undefined where they can. */
  get fault(): Error | undefined {
    return this.#fault
  }

  /** Puts a record at the end of the chain. It is written within this turn of the event loop. */
  append(record: AuditRecord): void {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) return
    const number = this.#head.number + 1
    const line = lineOf(record, number, this.#timeText(), this.#head.hash)
    const hash = hashOf(line)
    this.#head = { number, hash }
    this.#waiting.push({ number, hash, line })
    this.#schedule()
  }

  /** Calls back when all that was appended is written, or cannot be. */
  whenWritten(callback: () => void): void {
    this.#callbacks.push(callback)
    this.#schedule()
  }

  /** Calls the listener with records that were written. @returns stops it */
  listen(listener: (records: readonly Chained[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Writes what waits at once. @returns whether it is written */
  flush(): boolean {
    this.#flush()
    return this.#fault === undefined
  }

  /** Writes what waits, calls back who waits for that, and brings all of it to the disk. */
  close(): void {
    if (this.#isClosed) return
    this.#flushAndTell()
    this.#isClosed = true
    clearTimeout(this.#syncTimer)
    if (this.#isDirty) fdatasyncSync(this.#file)
    this.#closeFull()
    if (!this.#isSyncing) closeSync(this.#file)
    closeSync(this.#ends)
  }

  /** The same for all that is appended within a millisecond. */
  #timeText(): string {
    const now = this.#now()
    if (now !== this.#time.now) this.#time = { now, text: new Date(now).toISOString() }
    return this.#time.text
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flushAndTell()
    })
  }

  #flushAndTell(): void {
    const callbacks = this.#callbacks
    this.#callbacks = []
    if (!this.#isClosed) this.#flush()
    for (const callback of callbacks) callback()
  }

  #flush(): void {
    const records = this.#waiting
    if (records.length === 0) return
    try {
      this.#rotate(records)
      this.#writeLines(records)
      this.#written = this.#head
      this.#writeEnds()
    } catch (error) {
      if (this.#fault === undefined) this.#onFault(error)
      this.#fault = error instanceof Error ? error : new Error(String(error))
      return
    }
    this.#fault = undefined
    this.#waiting = []
    this.#isDirty = true
    if (!this.#isSyncing) this.#syncTimer ??= setTimeout(() => this.#sync(), SYNC_EVERY).unref()
    for (const listener of this.#listeners) listener(records)
  }

  /** Throws where not all of it is written: then the file is as it was. */
  #writeLines(records: readonly Chained[]): void {
    const bytes = Buffer.from(`${records.map(({ line }) => line).join('\n')}\n`)
    let written = 0
    try {
      while (written < bytes.length) written += this.#write(this.#file, bytes.subarray(written))
    } catch (error) {
      if (written > 0) ftruncateSync(this.#file, this.#fileBytes)
      throw error
    }
    this.#fileBytes += bytes.length
  }

  /** Begins a new file where the one is full, and drops the oldest where all together are too large. */
  #rotate([next]: readonly Chained[]): void {
    if (next === undefined || this.#fileBytes < this.#size / FILES) return
    const file = openSync(join(this.folder, nameOf(next.number)), 'ax', OWNER_ALONE)
    this.#full.push(this.#file)
    this.#file = file
    this.#fileStart = next.number
    this.#otherBytes += this.#fileBytes
    this.#fileBytes = 0
    this.#drop()
  }

  #drop(): void {
    const [...files] = auditFiles(this.folder)
    const from = this.#first.number
    while (this.#otherBytes > this.#size * (1 - 1 / FILES)) {
      const [oldest, second] = files
      if (oldest === undefined || second === undefined || second.first === this.#fileStart) break
      const start = readLink(firstLine(second.path) ?? '')
      this.#first = { number: second.first, previous: start?.previous ?? hashOf('') }
      this.#writeEnds()
      rmSync(oldest.path)
      this.#otherBytes -= oldest.bytes
      files.shift()
    }
    if (this.#first.number > from) this.append({ kind: 'dropped', from, to: this.#first.number - 1 })
  }

  #writeEnds(): void {
    writeSync(this.#ends, endsText({ first: this.#first, last: this.#written }), 0)
  }

  /**
   * Where the records do not end as it was noted, one says so. It goes on behind the noted end, whose numbers are not given
   * again, and by the noted hash, so that a last record that was changed is not made right.
   */
  #tellStrange({ last }: FoundEnd, noted: Ends | undefined): void {
    if (noted === undefined) {
      if (last.number > 0) this.append({ kind: 'unnoted', from: this.#first.number, to: last.number })
    } else if (last.number > noted.last.number) {
      this.append({ kind: 'unnoted', from: noted.last.number + 1, to: last.number })
    } else {
      this.#head = noted.last
      if (last.number < noted.last.number)
        this.append({ kind: 'missing', from: last.number + 1, to: noted.last.number })
    }
  }

  #sync(): void {
    this.#syncTimer = undefined
    if (this.#isSyncing || this.#isClosed) return
    this.#isSyncing = true
    this.#isDirty = false
    const file = this.#file
    fdatasync(file, (error) => {
      this.#isSyncing = false
      if (error !== null) this.#onFault(error)
      this.#closeFull()
      if (this.#isClosed) closeSync(file)
      else if (this.#isDirty) this.#syncTimer ??= setTimeout(() => this.#sync(), SYNC_EVERY).unref()
    })
  }

  /** Files that are full are synced once more before they are closed. */
  #closeFull(): void {
    for (const file of this.#full.splice(0))
      fdatasync(file, (error) => {
        if (error !== null) this.#onFault(error)
        closeSync(file)
      })
  }
}

function failed(error: unknown, folder: string): DaemonError {
  if (error instanceof DaemonError) return error
  const words = error instanceof Error ? error.message : String(error)
  return new DaemonError('audit-failed', `The audit log in ${folder} cannot be opened: ${words}.`, error)
}
