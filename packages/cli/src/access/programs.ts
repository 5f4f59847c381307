import type { StandInProgram } from '../stand-in/programs.ts'
import type { ScriptCall } from '../stand-in/script.ts'

/** What a program printed, and how it ended. */
export interface ProgramOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How the programs of a script have ended, of those that were run. */
export interface ScriptOutcome {
  readonly runs: readonly ProgramOutcome[]
  /** The number of what they have changed in the history of a daemon. */
  readonly revision?: number
}

/** The programs of iptables, and ipset, stood in for. */
export interface ProgramsAccess {
  /** @param input what comes by its standard input */
  run(program: StandInProgram, words: readonly string[], input: string): Promise<ProgramOutcome>
  /** Runs programs in their order, unless they are to keep going up to the first that ends with another code than 0. */
  runScript(calls: readonly ScriptCall[], keepGoing: boolean): Promise<ScriptOutcome>
}
