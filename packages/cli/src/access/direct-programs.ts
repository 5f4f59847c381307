import { type Firewall, standIn } from 'chainmail'
import { told } from './direct-told.ts'
import type { ProgramsAccess } from './programs.ts'

/** The programs on the firewall of this network namespace, by the library alone. */
export function directPrograms(firewall: Firewall): ProgramsAccess {
  return { run: (program, words, input) => told(() => standIn(program, words, firewall, input)) }
}
