import { fileURLToPath } from 'node:url'
import { run as runProgram } from '@chainmail/kernel/process'
import { DaemonError } from '../errors.ts'
import type { Program } from './pieces.ts'

export {
  type InstallationOptions,
  install,
  type Step,
  type UninstallOptions,
  uninstall,
} from './installation.ts'

/** The daemon of this copy of chainmail, run by the Node that runs this. */
export function ownProgram(): Program {
  return {
    node: process.execPath,
    main: fileURLToPath(new URL('../../bin/chainmail-daemon.mjs', import.meta.url)),
  }
}

/** @throws DaemonError `not-installable` when the program fails, or is not there */
export async function runSystemProgram(program: string, words: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(program, words)
  if (code === 0) return
  throw new DaemonError('not-installable', `${program} ${words.join(' ')} failed: ${stderr.trim()}`)
}
