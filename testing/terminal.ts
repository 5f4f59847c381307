import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'

/** A shell's line at a terminal of its own: script(1) is the terminal, and its end closes it. */
export class AtTerminal {
  readonly child: ChildProcess
  output = ''

  /** @param line for sh(1) */
  constructor(line: string, environment: NodeJS.ProcessEnv = process.env) {
    this.child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env: { ...environment, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString()
    })
  }

  async says(words: string): Promise<void> {
    await expect.poll(() => this.output, { timeout: 20_000 }).toContain(words)
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }

  /** Waits for the end; the exit code. */
  async end(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close')
    return this.child.exitCode
  }
}

/** As sh(1) reads it as one word. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
