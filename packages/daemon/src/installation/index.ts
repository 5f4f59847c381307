import { fileURLToPath } from 'node:url'
import { findProgram, run as runProgram } from '@chainmail/kernel/process'
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
  const path = await findProgram(program)
  if (path === undefined) throw new DaemonError('not-installable', `There is no program ${program} here.`)
  const { code, stderr } = await runProgram(path, words)
  if (code === 0) return
  throw new DaemonError('not-installable', `${program} ${words.join(' ')} failed: ${stderr.trim()}`)
}
