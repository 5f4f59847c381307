import { daemonOnly } from '../refusal.ts'
import type { HistoryAccess } from './history.ts'

/** Without a daemon nothing is remembered. */
export const directHistory: HistoryAccess = {
  list: needsDaemon,
  show: needsDaemon,
  diff: needsDaemon,
  rollback: needsDaemon,
  verify: needsDaemon,
  watch: () => ({ [Symbol.asyncIterator]: () => ({ next: needsDaemon }) }),
}

async function needsDaemon(): Promise<never> {
  throw daemonOnly('The history is kept by the daemon, and what changes by --direct is not in it.')
}
