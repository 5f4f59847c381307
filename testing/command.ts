import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

/** What a program printed. */
export interface Output {
  stdout: string
  stderr: string
}

export interface CommandOptions {
  /** Written to the program's standard input; otherwise that is empty. */
  input?: string
  environment?: NodeJS.ProcessEnv
}

/**
 * Runs a program until it ends, without a shell.
 * @throws {Error} with what it printed, when its exit code is not 0
 */
export async function runCommand(
  command: string,
  words: readonly string[],
  options: CommandOptions = {},
): Promise<Output> {
  const running = runFile(command, words, {
    env: options.environment ?? process.env,
    maxBuffer: 256 * 1024 * 1024,
  })
  const { stdin } = running.child
  // A program may end without reading its input; how it ended is told by its exit code.
  stdin?.on('error', () => undefined)
  stdin?.end(options.input)
  return await running
}
