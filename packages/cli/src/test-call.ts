import { run } from './run.ts'

/** How a call of the command ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CallOptions {
  readonly stdin?: string | Uint8Array
  /** The width of a terminal; without it both streams are pipes. */
  readonly columns?: number
  /** Beside NO_COLOR. */
  readonly environment?: NodeJS.ProcessEnv
}

/** One call of the command, for tests: in this process, without colours. */
export async function call(
  words: readonly string[],
  { stdin = '', columns, environment = {} }: CallOptions = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text
    },
    ...(columns === undefined ? {} : { isTTY: true, columns }),
  })
  async function* input(): AsyncGenerator<string | Uint8Array> {
    yield stdin
  }
  const code = await run(words, {
    stdin: input(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    environment: { NO_COLOR: '1', ...environment },
  })
  return { code, ...written }
}
