import { ChainmailError } from '../../errors.ts'

/** Reads something; what is wrong with it is told with the path at which it stands. */
export function located<Result>(at: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { path: within, column } = error
    throw new ChainmailError(error.code, `${at}: ${error.message}`, {
      path: within === undefined ? at : `${at}.${within}`,
      column,
      cause: error,
    })
  }
}
