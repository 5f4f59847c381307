import { join } from 'node:path'
import type { SocketPeer } from '@chainmail/kernel'
import type { History } from '../history/history.ts'
import type { RevisionHead } from '../history/revision.ts'
import { AuditLog, type AuditLogOptions } from './audit-log.ts'
import { AuditedRequests } from './audited-requests.ts'
import { UNDER_WAY } from './files.ts'
import type { BrokenOffRecord } from './record.ts'
import { leftBehind, UnderWay } from './under-way.ts'

export interface AuditOptions extends AuditLogOptions {
  readonly history: History
  /** The daemon's. */
  readonly version: string
  /** Begins to listen before anything is recorded. @returns ends it */
  readonly follow?: ((log: AuditLog) => () => void) | undefined
}

/** Revisions that are read from the history together. */
const TOGETHER = 1_000

/**
 * Everything that is kept for the audit.
 *
 * 1. A change of the store is never durable without a record: the record is written when the disk has the change, and
 *    after an end in between from the history, before anything is answered again.
 * 2. A request whose change stands in the kernel alone is written down before it begins. If the daemon ends before it is
 *    answered, a record says so.
 * 3. The record of a request is written before its answer leaves.
 */
export class Audit implements Disposable {
  readonly log: AuditLog
  readonly requests: AuditedRequests
  readonly #underWay: UnderWay
  readonly #history: History
  readonly #stopListening: () => void
  readonly #stopFollowing: () => void

  /** @throws DaemonError `audit-failed` */
  constructor({ history, version, follow, ...options }: AuditOptions) {
    this.#history = history
    this.log = new AuditLog(options)
    this.#stopFollowing = follow?.(this.log) ?? (() => undefined)
    const { published } = history
    const last = this.log.revision ?? published
    // The store may be older than the log, or have been put aside.
    this.#recordMissed(Math.min(last, published))
    const path = join(options.folder, UNDER_WAY)
    for (const text of leftBehind(path)) this.log.append(readBrokenOff(text))
    this.log.append({ kind: 'start', version, revision: published })
    this.log.flush()
    this.#underWay = new UnderWay(path)
    this.requests = new AuditedRequests(this.log, this.#underWay)
    this.#stopListening = history.listen((revisions) => this.#recordChanges(revisions))
  }

  [Symbol.dispose](): void {
    this.#stopListening()
    this.log.append({ kind: 'stop' })
    this.log.close()
    this.#stopFollowing()
    this.#underWay.close()
  }

  /** What the history has of the time behind a revision. */
  #recordMissed(behind: number): void {
    for (let last = behind; ; ) {
      const revisions = this.#history.behind(last, TOGETHER)
      this.#recordChanges(revisions)
      this.log.flush()
      last = revisions.at(-1)?.number ?? last
      if (revisions.length < TOGETHER) return
    }
  }

  #recordChanges(revisions: readonly RevisionHead[]): void {
    for (const { number, what, who, door, why, summary } of revisions)
      this.log.append({ kind: 'change', revision: number, what, who, door, why, summary })
  }
}

/** What was written down, whatever became of it. */
function readBrokenOff(text: string): BrokenOffRecord {
  const { who, door, address, peer, method, path, began }: Record<string, unknown> = { ...parsed(text) }
  const word = (value: unknown): string => (typeof value === 'string' ? value : '?')
  return {
    kind: 'broken-off',
    who: word(who),
    door: word(door),
    ...(typeof address === 'string' ? { address } : {}),
    ...(isPeer(peer) ? { peer } : {}),
    method: word(method),
    path: word(path),
    began: word(began),
  }
}

function isPeer(value: unknown): value is SocketPeer {
  const { process, user, group }: Record<string, unknown> = { ...Object(value) }
  return [process, user, group].every((number) => typeof number === 'number')
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
