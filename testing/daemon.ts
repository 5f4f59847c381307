import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const program = join(import.meta.dirname, '../packages/daemon/bin/chainmail-daemon.mjs')
/** Holds the daemon's answers against their schemas. */
const answers = join(import.meta.dirname, 'answers.ts')

/** A daemon as a process of its own, in the network namespace of the test. */
export interface TestDaemon {
  readonly socket: string
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>
}

/** A daemon that was started, and perhaps does not listen yet. */
export interface StartedDaemon {
  readonly process: ChildProcess
  readonly socket: string
  /** Resolves when it listens; rejects when it ends before. */
  readonly listening: Promise<void>
}

/** Starts a daemon that keeps its socket and state in a folder, and resolves when it listens. */
export async function startDaemon(folder: string): Promise<TestDaemon> {
  const { process: daemon, socket, listening } = spawnDaemon(folder)
  const stop = async (): Promise<void> => {
    const ended = once(daemon, 'exit')
    daemon.kill('SIGTERM')
    await ended
  }
  await listening
  return { socket, stop }
}

/** Starts a daemon that keeps its socket and state in a folder. */
export function spawnDaemon(folder: string): StartedDaemon {
  const socket = join(folder, 'daemon.sock')
  const words = [
    '--state-dir',
    join(folder, 'state'),
    '--socket',
    socket,
    '--port',
    '0',
    '--http-identity',
    'trusted',
    '--https',
    'false',
    '--log-level',
    'warn',
    '--log-requests',
    'none',
  ]
  const daemon = spawn(process.execPath, ['--import', answers, program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const waiting = async (): Promise<void> => {
    for await (const line of createInterface(daemon.stdout)) if (line.includes(`listens on ${socket}`)) return
    throw new Error('the daemon has ended before it listened')
  }
  return { process: daemon, socket, listening: waiting() }
}
