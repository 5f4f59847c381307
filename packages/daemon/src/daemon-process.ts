import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Client, connect } from './client.ts'

/** A daemon of a test, as a process of its own in the test's network namespace. */
export interface DaemonProcess {
  readonly child: ChildProcess
  readonly client: Client
  /** What it printed before it settled. */
  readonly report: string
  /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

const program = join(import.meta.dirname, '../bin/chainmail-daemon.mjs')
/** Holds the daemon's answers against their schemas. */
const answers = join(import.meta.dirname, '../../../testing/answers.ts')

/**
 * Starts a daemon with a folder of its own and waits until it answers.
 * @param node the words that run Node, for instance in another namespace
 * @param checked whether its answers are held against their schemas; not where it is measured
 * @throws Error with what it said, when it ends instead
 */
export async function startProcess(
  folder: string,
  words: readonly string[] = [],
  node: readonly [string, ...string[]] = [process.execPath],
  { checked = true }: { readonly checked?: boolean } = {},
): Promise<DaemonProcess> {
  const [command, ...before] = node
  const socket = join(folder, 'c.sock')
  const places = [
    '--state-dir',
    join(folder, 'state'),
    '--socket',
    socket,
    '--config-dir',
    folder,
    '--https',
    'false',
  ]
  const child = spawn(
    command,
    [
      ...before,
      ...(checked ? ['--import', answers] : []),
      program,
      ...places,
      '--port',
      '0',
      '--http-identity',
      'trusted',
      ...words,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    // The last line of the report is the command that needs no command.
    if (line.includes('curl --unix-socket')) break
  }
  if (lines.length === 0) {
    const [code] = await ended
    throw new Error(`the daemon ended with ${code}: ${said}`)
  }
  return {
    child,
    client: connect({ socket }),
    report: lines.join('\n'),
    async end(signal) {
      child.kill(signal)
      const [code, by] = await ended
      return code ?? by
    },
  }
}
