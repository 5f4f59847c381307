import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Output, runCommand } from '../command.ts'

/** Where the checkout is in the machine, for reading alone. */
export const CHECKOUT = '/opt/chainmail'

const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'kmod', 'iproute2', 'iptables', 'ipset']

/** Milliseconds for a start, and for an end. */
const PATIENCE = 60_000
const POLL = 100

/** A Debian with a systemd of its own, in a container with a network of its own; see systemd-nspawn(1). */
export class Machine {
  /** Its root folder. */
  readonly root: string
  readonly #checkout: string
  #container: ChildProcess | undefined
  #leader = 0

  private constructor(root: string, checkout: string) {
    this.root = root
    this.#checkout = checkout
  }

  /**
   * Installs Debian from its packages, which takes a minute.
   * @param folder on a disk; it is the caller's to remove
   * @param checkout becomes {@link CHECKOUT}
   */
  static async install(folder: string, checkout: string): Promise<Machine> {
    const root = join(folder, basename(folder))
    await runCommand('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join()}`, release(), root])
    mkdirSync(join(root, CHECKOUT), { recursive: true })
    return new Machine(root, checkout)
  }

  /** Writes a file into it. @param path from its root folder */
  write(path: string, content: string): void {
    writeFileSync(join(this.root, path), content)
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  /** Starts it, and waits until systemd has started everything. @throws Error with what systemd says where it has not */
  async start(): Promise<void> {
    const container = spawn(
      'systemd-nspawn',
      [
        '--quiet',
        '--private-network',
        '--boot',
        `--directory=${this.root}`,
        `--machine=${basename(this.root)}`,
        `--bind-ro=${this.#checkout}:${CHECKOUT}`,
        '--register=no',
        '--keep-unit',
        '--console=pipe',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#container = container
    const said = createWriteStream(`${this.root}.console`, { flags: 'a' })
    container.stdout.pipe(said, { end: false })
    container.stderr.pipe(said)
    this.#leader = 0
    const state = await eventually(async () => {
      if (container.exitCode !== null) throw new Error(`the machine does not start: see ${this.root}.console`)
      this.#leader ||= firstChild(container.pid)
      const state = this.#leader === 0 ? '' : await this.#state()
      return ['running', 'degraded'].includes(state) ? state : undefined
    })
    if (state === 'running') return
    const { stdout } = await this.run('systemctl', '--failed', '--no-pager', '--no-legend')
    throw new Error(`not everything has started: ${stdout}`)
  }

  /** Runs a program in it. @throws Error with what it printed, when its exit code is not 0 */
  run(command: string, ...words: readonly string[]): Promise<Output> {
    const environment = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root']
    return runCommand('nsenter', [...this.#entered(), ...environment, command, ...words])
  }

  /** Ends it as an administrator does. */
  async stop(): Promise<void> {
    await this.run('systemctl', 'poweroff')
    await this.#ended()
  }

  /** Ends it as a power cut does. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#leader !== 0 && this.#container?.exitCode === null) process.kill(this.#leader, 'SIGKILL')
    await this.#ended()
  }

  async #ended(): Promise<void> {
    const container = this.#container
    if (container === undefined || container.exitCode !== null || container.signalCode !== null) return
    await once(container, 'exit', { signal: AbortSignal.timeout(PATIENCE) })
  }

  async #state(): Promise<string> {
    try {
      return (await this.run('systemctl', 'is-system-running')).stdout.trim()
    } catch (error) {
      // It is an exit code too, and systemd does not answer at first.
      return error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : ''
    }
  }

  #entered(): string[] {
    return [`--target=${this.#leader}`, ...['-m', '-u', '-i', '-n', '-p', '-r', '-w']]
  }
}

/** Asks until there is an answer. @throws Error when there is none within a minute */
export async function eventually<Answer>(
  ask: () => Promise<Answer | undefined>,
  patience = PATIENCE,
): Promise<Answer> {
  const end = performance.now() + patience
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`nothing has come of it within ${patience / 1000} s`)
    await sleep(POLL)
  }
}

/** The release of Debian that this is, for then the container's systemd gets on with this machine; else the stable one. */
function release(): string {
  const system = readFileSync('/etc/os-release', 'utf8')
  const [, name = 'stable'] = /^VERSION_CODENAME=(\w+)$/m.exec(system) ?? []
  return /^ID=debian$/m.test(system) ? name : 'stable'
}

/** The container's process 1; 0 as long as there is none. */
function firstChild(container: number | undefined): number {
  const [first = ''] = readFileSync(`/proc/${container}/task/${container}/children`, 'utf8').split(' ')
  return Number(first)
}
