import { daemonOnly } from '../refusal.ts'
import type { AuditAccess } from './audit.ts'

/** Without a daemon nothing is recorded. */
export const directAudit: AuditAccess = {
  records: () => ({ [Symbol.asyncIterator]: () => ({ next: needsDaemon }) }),
  verify: needsDaemon,
  export: () => ({ [Symbol.asyncIterator]: () => ({ next: needsDaemon }) }),
}

async function needsDaemon(): Promise<never> {
  throw daemonOnly('The audit log is kept by the daemon, and what changes by --direct is not in it.')
}
