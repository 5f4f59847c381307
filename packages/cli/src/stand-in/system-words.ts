import { getSystemErrorMessage } from 'node:util'

/** What the system says of an error of its own, as strerror(3) has it. @throws an error that is none of the system's */
export function systemWords(error: unknown): string {
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number')) throw error
  const words = getSystemErrorMessage(error.errno)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
