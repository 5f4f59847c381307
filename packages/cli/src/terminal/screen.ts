import { chooseStyle } from './style.ts'
import type { TableLayout } from './table.ts'

/** How somebody left a screen. */
export type Left = 'quit' | 'interrupted' | 'hung-up'

/** A whole terminal that is drawn anew from time to time. Afterwards it is what it was. */
export interface Screen extends Disposable {
  /** Asked for each time: a terminal changes its size. */
  readonly layout: TableLayout
  readonly rows: number
  draw(lines: readonly string[]): void
  /** Resolves when somebody presses q or Ctrl-C, the terminal goes away, or the command is asked to end. */
  readonly left: Promise<Left>
  /** Calls the listener when the size has changed. */
  onResize(listener: () => void): void
}

/** What a screen needs of the process. */
export interface ScreenProcess {
  readonly stdin: {
    readonly isTTY?: boolean
    setRawMode(raw: boolean): unknown
    on(event: 'data' | 'error' | 'end', listener: (chunk: Buffer) => void): unknown
    off(event: 'data' | 'error' | 'end', listener: (chunk: Buffer) => void): unknown
    pause(): unknown
    resume(): unknown
  }
  readonly stdout: {
    write(text: string): unknown
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
    on(event: 'resize', listener: () => void): unknown
    off(event: 'resize', listener: () => void): unknown
  }
  readonly env: NodeJS.ProcessEnv
  on(event: NodeJS.Signals | 'exit', listener: () => void): unknown
  off(event: NodeJS.Signals | 'exit', listener: () => void): unknown
}

/** xterm's second screen, and the cursor; ctlseqs(ms), "DEC Private Mode Set". */
const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'

const ORDINARY = { columns: 80, rows: 24 } as const

const CTRL_C = '\u0003'

/** Takes the terminal over; undefined where there is none, or where it can show nothing but lines. */
export function openScreen(terminal: ScreenProcess): Screen | undefined {
  const { stdin, stdout, env } = terminal
  if (stdin.isTTY !== true || stdout.isTTY !== true || env.TERM === 'dumb') return undefined
  const { promise, resolve } = Promise.withResolvers<Left>()
  const style = chooseStyle(true, env)
  const resized: (() => void)[] = []
  const typed = (chunk: Buffer): void => {
    const text = chunk.toString()
    if (text.includes(CTRL_C)) resolve('interrupted')
    else if (/[qQ]/.test(text)) resolve('quit')
  }
  const interrupted = (): void => resolve('interrupted')
  const hungUp = (): void => resolve('hung-up')
  const onSize = (): void => {
    for (const listener of resized) listener()
  }
  let isOpen = true
  const restore = (): void => {
    if (!isOpen) return
    isOpen = false
    stdout.write(LEAVE)
    stdin.setRawMode(false)
  }
  stdin.setRawMode(true)
  stdin.on('data', typed)
  for (const event of ['error', 'end'] as const) stdin.on(event, hungUp)
  stdin.resume()
  terminal.on('SIGINT', interrupted)
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) terminal.on(signal, hungUp)
  // Whatever ends the process, the terminal is given back.
  terminal.on('exit', restore)
  stdout.on('resize', onSize)
  stdout.write(ENTER)
  return {
    get layout() {
      return { columns: stdout.columns || ORDINARY.columns, style }
    },
    get rows() {
      return stdout.rows || ORDINARY.rows
    },
    draw(lines) {
      if (!isOpen) return
      const fitting = lines.slice(0, this.rows)
      stdout.write(`${HOME}${fitting.map((line) => line + REST_OF_LINE).join('\r\n')}${REST_OF_SCREEN}`)
    },
    left: promise,
    onResize: (listener) => void resized.push(listener),
    [Symbol.dispose]() {
      restore()
      stdin.off('data', typed)
      for (const event of ['error', 'end'] as const) stdin.off(event, hungUp)
      stdin.pause()
      terminal.off('SIGINT', interrupted)
      for (const signal of ['SIGHUP', 'SIGTERM'] as const) terminal.off(signal, hungUp)
      terminal.off('exit', restore)
      stdout.off('resize', onSize)
    },
  }
}
