import type { StandInProgram } from '../stand-in/programs.ts'

/** What a program printed, and how it ended. */
export interface ProgramOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The programs of iptables, stood in for. */
export interface ProgramsAccess {
  /** @param input what comes by its standard input */
  run(program: StandInProgram, words: readonly string[], input: string): Promise<ProgramOutcome>
}
