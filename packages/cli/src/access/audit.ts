import type { Reading } from './access.ts'

/** One record of the audit log, as far as it is shown. */
export interface AuditRecord {
  readonly number: number
  readonly time: Date
  /** In a sentence without its full stop. */
  readonly text: string
  /** Whether something was refused, or is not as it should be. */
  readonly isBad: boolean
}

/** A record with the document that it was read from. */
export interface AuditReading {
  readonly document: unknown
  readonly value: AuditRecord
}

export interface AuditVerdict {
  readonly holds: boolean
  readonly records: number
  /** In a sentence each. */
  readonly findings: readonly string[]
  /** The end of the chain; undefined where it is not known. */
  readonly head: { readonly number: number; readonly hash: string } | undefined
}

/** Which records are wanted, the oldest first. */
export interface AuditFrom {
  /** All from then on; the latest ones otherwise. */
  readonly since?: Date | undefined
  /** How many of the latest, where no time is said. */
  readonly count: number
  /** And those that come, until it is interrupted. */
  readonly follow: boolean
}

export interface AuditAccess {
  records(from: AuditFrom): AsyncIterable<AuditReading>
  /** @param head a hash that was noted before */
  verify(head: string | undefined): Promise<Reading<AuditVerdict>>
  /** All records that are kept. */
  export(): AsyncIterable<unknown>
}
