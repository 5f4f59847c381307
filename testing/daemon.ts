import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const program = join(import.meta.dirname, '../packages/daemon/src/main.ts')

/** A daemon as a process of its own, in the network namespace of the test. */
export interface TestDaemon {
  readonly socket: string
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts a daemon that keeps its socket and state in a folder, and resolves when it listens. */
export async function startDaemon(folder: string): Promise<TestDaemon> {
  const socket = join(folder, 'daemon.sock')
  const words = [
    '--state-dir',
    join(folder, 'state'),
    '--socket',
    socket,
    '--port',
    '0',
    '--log-level',
    'warn',
  ]
  const daemon = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async (): Promise<void> => {
    const ended = once(daemon, 'exit')
    daemon.kill('SIGTERM')
    await ended
  }
  for await (const line of createInterface(daemon.stdout))
    if (line.includes(`listens on ${socket}`)) return { socket, stop }
  throw new Error('the daemon has ended before it listened')
}
