import { type Firewall, standIn } from 'chainmail'
import { told } from './direct-told.ts'
import type { ProgramOutcome, ProgramsAccess } from './programs.ts'

/** The programs on the firewall of this network namespace, by the library alone. */
export function directPrograms(firewall: Firewall): ProgramsAccess {
  const run: ProgramsAccess['run'] = (program, words, input) =>
    told(() => standIn(program, words, firewall, input))
  return {
    run,
    async runScript(calls, keepGoing) {
      const runs: ProgramOutcome[] = []
      for (const { program, words, input } of calls) {
        const outcome = await run(program, words, input)
        runs.push(outcome)
        if (outcome.code !== 0 && !keepGoing) break
      }
      return { runs }
    },
  }
}
