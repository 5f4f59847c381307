import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type AgentRequest, type AgentResult, parseAnswer } from './agent-messages.ts'
import { type CommandOptions, type Output, runCommand } from './command.ts'

const agentProgram = join(import.meta.dirname, 'agent.ts')

/** One host of a test network: a network namespace, its addresses, and an agent process in it. */
export class Host {
  readonly name: string
  /** As `ip netns` knows it. */
  readonly namespace: string
  readonly ipv4: string
  readonly ipv6: string
  readonly #agent: ChildProcess
  readonly #children = new Set<ChildProcess>()
  readonly #waiting = new Map<number, PromiseWithResolvers<AgentResult>>()
  #lastId = 0

  constructor(name: string, namespace: string, ipv4: string, ipv6: string) {
    this.name = name
    this.namespace = namespace
    this.ipv4 = ipv4
    this.ipv6 = ipv6
    this.#agent = this.spawn(process.execPath, [agentProgram], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#agent.on('message', (message) => {
      const answer = parseAnswer(message)
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('error' in answer) waiting?.reject(new Error(`${name}: ${answer.error}`))
      else waiting?.resolve(answer.result)
    })
    this.#agent.once('exit', () => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${name}: the host's agent has ended`))
      this.#waiting.clear()
    })
  }

  address(family: 'ipv4' | 'ipv6'): string {
    return family === 'ipv4' ? this.ipv4 : this.ipv6
  }

  /**
   * Runs a program in this host until it ends.
   * @throws {Error} with what it printed, when its exit code is not 0
   */
  run(command: string, words: readonly string[] = [], options: CommandOptions = {}): Promise<Output> {
    const [program, ...inside] = this.#inside(command, words)
    return runCommand(program, inside, options)
  }

  /** Runs a JavaScript or TypeScript file in this host with the Node that runs this. */
  node(file: string, words: readonly string[] = [], options: CommandOptions = {}): Promise<Output> {
    return this.run(process.execPath, [file, ...words], options)
  }

  /** Starts a program in this host. It is killed, if it still runs, when the network is disposed of. */
  spawn(command: string, words: readonly string[] = [], options: SpawnOptions = {}): ChildProcess {
    const [program, ...inside] = this.#inside(command, words)
    const child = spawn(program, inside, options)
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    child.once('error', () => this.#children.delete(child))
    return child
  }

  /** Asks the agent in this host. */
  ask(request: AgentRequest): Promise<AgentResult> {
    this.#lastId += 1
    const waiting = Promise.withResolvers<AgentResult>()
    this.#waiting.set(this.#lastId, waiting)
    this.#agent.send({ id: this.#lastId, request })
    return waiting.promise
  }

  /** Ends everything that still runs in this host. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#children].filter((child) => child.pid !== undefined)
    await Promise.all(
      running.map(async (child) => {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }),
    )
  }

  /** nsenter(1) execs the command: its process id, signals and exit code are the command's own. */
  #inside(command: string, words: readonly string[]): [string, ...string[]] {
    return ['nsenter', `--net=/run/netns/${this.namespace}`, '--', command, ...words]
  }
}
