import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from '@chainmail/daemon/client'
import type { DaemonPlace } from './connections.ts'

const program = join(import.meta.dirname, '../../packages/daemon/bin/chainmail-daemon.mjs')

/** Callers by HTTPS, and what they may. */
export const callers: Readonly<Record<string, unknown>> = {
  everything: { everything: true },
  reader: { read: true },
  banner: {
    ban: {
      longest: '1d',
      widest: { ipv4: 24, ipv6: 48 },
      scopes: ['everything', 'tcp:22'],
      sets: ['fuzz-ip'],
      unban: true,
    },
  },
  editor: {
    read: true,
    edit: { chains: ['filter/fuzz-*', 'ipv6/raw/fuzz-*'], sets: ['fuzz-*', 'recent:fuzz-*'] },
  },
}

/** Milliseconds that a stop may take. */
const LONGEST_STOP = 10_000

/** A daemon as its users start it, with both doors open. */
export class FuzzedDaemon {
  readonly place: DaemonPlace
  readonly #process: ChildProcess
  /** What it has said on standard error. */
  said = ''

  private constructor(process: ChildProcess, place: DaemonPlace) {
    this.#process = process
    this.place = place
    process.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.said = (this.said + piece).slice(-20_000)
    })
  }

  /** @param folder for its state */
  static async start(folder: string): Promise<FuzzedDaemon> {
    const socket = join(folder, 'c.sock')
    const places = ['--state-dir', join(folder, 'state'), '--config-dir', folder, '--socket', socket]
    const words = [
      ...places,
      '--https-port',
      '0',
      '--login-failures',
      '0',
      '--log-level',
      'error',
      '--log-requests',
      'none',
    ]
    const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [report, said] = ['', '']
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
    })
    for await (const line of createInterface({ input: child.stdout })) {
      report += `${line}\n`
      if (line.includes('curl --unix-socket')) break
    }
    const port = Number(/https:\/\/\S+:(\d+)/.exec(report)?.[1])
    if (!Number.isInteger(port)) throw new Error(`the daemon does not listen: ${report}${said}`)
    const authority = readFileSync(join(folder, 'state/certificates/ca.pem'), 'utf8')
    const keys = new Map<string, string>()
    const client = connect({ socket })
    for (const [name, permissions] of Object.entries(callers)) {
      const made = await client.request('POST', '/v1/keys', { name, permissions })
      if (typeof made === 'object' && made !== null && 'key' in made) keys.set(name, String(made.key))
    }
    return new FuzzedDaemon(child, { socket, port, authority, keys })
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Bytes of memory that it holds. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  /** Asks it to stop. @returns what was wrong about how it ended */
  async stop(): Promise<string | undefined> {
    if (this.hasEnded) return `the daemon has ended by itself: ${this.said}`
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), LONGEST_STOP)
    const [code, signal] = await ended
    clearTimeout(timer)
    if (signal === 'SIGKILL') return `the daemon did not stop within ${LONGEST_STOP / 1000} s of SIGTERM`
    return code === 0 ? undefined : `the daemon has stopped with ${code ?? signal}: ${this.said}`
  }
}
