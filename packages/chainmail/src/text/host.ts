import type { Family } from '@chainmail/kernel'
import { XtablesError } from '@chainmail/kernel/xtables/errors'
import { backends, programVersion, xtablesProgram } from '@chainmail/kernel/xtables/programs'
import { type Spelling, spellingOf } from '../model/version.ts'

/**
 * How the iptables-save of this host prints rules; undefined where it has none. Starts a program, which takes some
 * milliseconds.
 *
 * @param searchPath directories to look in, as in PATH
 */
export async function hostSpelling(family: Family, searchPath?: string): Promise<Spelling | undefined> {
  for (const backend of backends) {
    try {
      const program = await xtablesProgram(family, backend, 'save', searchPath)
      const { version } = await programVersion(program)
      return spellingOf(version)
    } catch (error) {
      if (!(error instanceof XtablesError)) throw error
    }
  }
  return undefined
}
