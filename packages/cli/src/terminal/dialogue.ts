import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** How a conversation at a terminal was broken off: Ctrl-C, or the terminal is gone or the command is asked to end. */
export type BrokenOff = 'interrupted' | 'hung-up'

/** A conversation with whoever sits at the terminal. While it lasts, Ctrl-C and hanging up don't end the command. */
export interface Dialogue extends Disposable {
  readonly write: (text: string) => void
  /** What is typed, a line at a time. */
  readonly lines: AsyncIterable<string>
  readonly brokenOff: Promise<BrokenOff>
  /** Of the terminal. */
  readonly columns: number
}

/** What a dialogue needs of the process. */
export interface TerminalProcess {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

const ORDINARY_WIDTH = 80

/** Begins a conversation; undefined where nobody sits there. */
export function openDialogue(terminal: TerminalProcess): Dialogue | undefined {
  const { stdin, stderr } = terminal
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined
  const { promise, resolve } = Promise.withResolvers<BrokenOff>()
  const interrupted = (): void => resolve('interrupted')
  const hungUp = (): void => resolve('hung-up')
  terminal.on('SIGINT', interrupted)
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) terminal.on(signal, hungUp)
  // Reading from a terminal that is gone fails or ends.
  stdin.on('error', hungUp)
  const reader = createInterface({ input: stdin })
  reader.on('close', hungUp)
  return {
    write: (text) => stderr.write(text),
    lines: reader,
    brokenOff: promise,
    columns: stderr.columns || ORDINARY_WIDTH,
    [Symbol.dispose]: () => {
      reader.close()
      stdin.off('error', hungUp)
      terminal.off('SIGINT', interrupted)
      for (const signal of ['SIGHUP', 'SIGTERM'] as const) terminal.off(signal, hungUp)
    },
  }
}
