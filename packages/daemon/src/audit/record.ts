import { hash } from 'node:crypto'
import type { SocketPeer } from '@chainmail/kernel'
import type { DoorName, Summary, What } from '../history/revision.ts'

/** Who sent a request, and from where. */
export interface AuditedCaller {
  readonly who: string
  readonly door: string
  /** Of the other end of the connection; absent for the unix socket. */
  readonly address?: string | undefined
  /** The process at the other end of the unix socket, where the kernel tells of it. */
  readonly peer?: SocketPeer | undefined
}

/** What became of the lines of a request that tells of each. */
export interface LineCounts {
  readonly lines: number
  readonly accepted: number
  readonly refused: number
  /** Whether the request was read to its end. */
  readonly complete: boolean
}

/** What a stream of lines came to. */
export interface AuditedLines extends Partial<LineCounts> {
  /** Of what has arrived of the body. */
  readonly bytes: number
  readonly sha256: string
}

/** A request that may have changed something, or was refused. */
export interface RequestRecord extends AuditedCaller {
  readonly kind: 'request'
  readonly method: string
  readonly path: string
  readonly status: number
  /** Of the problem that it was answered with. */
  readonly code?: string | undefined
  /** The change that it made, in the history. */
  readonly revision?: number | undefined
  /** The answer was one of before, and nothing was done. */
  readonly replayed?: true | undefined
  readonly lines?: AuditedLines | undefined
  /** So many more of the same kind, and of the same caller or from the same address, came before it and have no record of their own. */
  readonly unrecorded?: number | undefined
  /** The name of the request in the logs. */
  readonly request?: string | undefined
}

/** A revision of the history: what has changed, whoever made it. */
export interface ChangeRecord {
  readonly kind: 'change'
  readonly revision: number
  readonly what: What
  readonly who: string
  readonly door: DoorName
  readonly why?: string | undefined
  readonly summary: Summary
}

/** A request that was under way when a daemon ended without having answered it: nobody knows what it has changed. */
export interface BrokenOffRecord extends AuditedCaller {
  readonly kind: 'broken-off'
  readonly method: string
  readonly path: string
  /** When it began. */
  readonly began: string
}

/**
 * The daemon itself. It was started or stopped, or has dropped the oldest records. When it was started, the latest records
 * were missing, or there were some of which no end was noted.
 */
export type DaemonRecord =
  | { readonly kind: 'start'; readonly version: string; readonly revision: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'dropped' | 'missing' | 'unnoted'; readonly from: number; readonly to: number }

export type AuditRecord = RequestRecord | ChangeRecord | BrokenOffRecord | DaemonRecord

/** The end of the chain: the number of a record and the hash of its line. */
export interface Head {
  readonly number: number
  readonly hash: string
}

/** Records of other files, and of before the first record, are named by hashes of this form. */
export const HASH = /^[0-9a-f]{64}$/

/**
 * A record as its line, without the line end: JSON without spaces, its members in this order. `previous` is the hash of the
 * line before, byte by byte as it stands in the file, so that whoever has the lines can follow the chain with sha256sum(1).
 *
 * @param time as Date writes it for JSON
 */
export function lineOf(record: AuditRecord, number: number, time: string, previous: string): string {
  const members = JSON.stringify(record).slice(1, -1)
  return `{"number":${number},"time":"${time}",${members},"previous":"${previous}"}`
}

/** SHA-256 in hexadecimal digits. */
export function hashOf(line: string | Uint8Array): string {
  return hash('sha256', line)
}

/** What the chain needs to know of a line. */
export interface Link {
  readonly number: number
  readonly previous: string
  readonly kind: string
  readonly members: Readonly<Record<string, unknown>>
}

/** Undefined where the line is no record. */
export function readLink(line: string): Link | undefined {
  const members = parsed(line)
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return undefined
  const { number, previous, kind, ...rest }: Record<string, unknown> = { ...members }
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined
  if (typeof previous !== 'string' || !HASH.test(previous) || typeof kind !== 'string') return undefined
  return { number, previous, kind, members: rest }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
