/** How a call of a program ends, and what it prints. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const silent: Outcome = { code: 0, stdout: '', stderr: '' }

export function printed(stdout: string): Outcome {
  return { code: 0, stdout, stderr: '' }
}
