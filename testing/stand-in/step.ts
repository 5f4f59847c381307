/** What became of one command line in one of two namespaces. */
export interface TwinStep {
  readonly line: string
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The rules of its family, as the real program prints them behind it. */
  readonly rules: string
}
