import type { TerminalProcess } from './dialogue.ts'

/**
 * Asks whoever sits at the terminal for one line, also while a dialogue goes on there.
 * @returns undefined where nobody sits there, or the terminal is gone
 */
export async function askLine(
  { stdin, stderr }: Pick<TerminalProcess, 'stdin' | 'stderr'>,
  question: string,
): Promise<string | undefined> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined
  const isRead = stdin.listenerCount('data') > 0
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let typed = ''
  const read = (piece: string | Uint8Array): void => {
    typed += typeof piece === 'string' ? piece : Buffer.from(piece).toString()
    const end = typed.search(/[\r\n]/)
    if (end !== -1) resolve(typed.slice(0, end).trim())
  }
  const gone = (): void => resolve(undefined)
  stdin.on('data', read).on('end', gone).on('error', gone)
  try {
    stderr.write(question)
    stdin.resume()
    return await promise
  } finally {
    stdin.off('data', read).off('end', gone).off('error', gone)
    // Otherwise the process waits for more.
    if (!isRead) stdin.pause()
  }
}
