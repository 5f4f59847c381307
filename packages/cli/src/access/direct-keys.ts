import { daemonOnly } from '../refusal.ts'
import type { KeysAccess } from './keys.ts'

/** Who reaches the kernel without a daemon is asked for no key. */
export const directKeys: KeysAccess = {
  create: needsDaemon,
  list: needsDaemon,
  revoke: needsDaemon,
  enrolTotp: needsDaemon,
  removeTotp: needsDaemon,
}

async function needsDaemon(): Promise<never> {
  throw daemonOnly('The keys are those of the daemon, and --direct asks nobody for one.')
}
