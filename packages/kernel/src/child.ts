import { Socket } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { endOf, spawn } from './spawn.ts'
import { close, socketpair } from './syscalls.ts'

/** How a program has ended. */
export interface ChildEnd {
  /** Undefined when a signal has ended it. */
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string>>
  /** In a session of its own, in the root folder, and with an empty input. */
  readonly apart?: boolean
}

/**
 * Milliseconds between two looks whether a program has ended that has nothing more to say: twice as many each time, up to
 * so many, or to more for one that stands apart, whose end nobody waits for.
 */
const FIRST_LOOK = 1
const LAST_LOOK = 50
const APART_LOOK = 1_000

/** A program that runs, at whose standard input, output and errors there are sockets, as where Node starts one. */
export class Child {
  readonly processId: number
  /** Undefined where the program stands apart. */
  readonly stdin: Socket | undefined
  readonly stdout: Socket
  readonly stderr: Socket
  /** Settles once it has ended and what it has said was taken. Never rejects. */
  readonly ended: Promise<ChildEnd>
  #isOver = false

  /** @throws SystemCallError */
  constructor(path: string, args: readonly string[], { environment, apart = false }: ChildOptions) {
    const pairs: (readonly [ours: number, theirs: number])[] = []
    try {
      const input = apart ? undefined : pairOf(pairs)
      const output = pairOf(pairs)
      const errors = pairOf(pairs)
      const ends = { input: input?.[1], output: output[1], errors: errors[1] }
      this.processId = spawn({ path, args, environment, apart, ...ends })
      this.stdin = input && new Socket({ fd: input[0], readable: false, writable: true })
      this.stdout = new Socket({ fd: output[0], readable: true, writable: false })
      this.stderr = new Socket({ fd: errors[0], readable: true, writable: false })
    } catch (error) {
      for (const [ours] of pairs) close(ours)
      throw error
    } finally {
      for (const [, theirs] of pairs) close(theirs)
    }
    this.ended = this.#end(apart)
  }

  /** Sends it a signal, unless it is known to have ended. */
  kill(signal: NodeJS.Signals): void {
    // Its number is nobody else's as long as nobody has asked how it ended.
    if (!this.#isOver) process.kill(this.processId, signal)
  }

  async #end(apart: boolean): Promise<ChildEnd> {
    await Promise.all([closed(this.stdout), closed(this.stderr)])
    this.stdin?.destroy()
    const longest = apart ? APART_LOOK : LAST_LOOK
    for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 2, longest)) {
      const status = endOf(this.processId)
      if (status !== undefined) {
        this.#isOver = true
        return childEnd(status)
      }
      await sleep(pause, undefined, { ref: !apart })
    }
  }
}

function pairOf(pairs: (readonly [number, number])[]): readonly [ours: number, theirs: number] {
  const pair = socketpair()
  pairs.push(pair)
  return pair
}

function closed(socket: Socket): Promise<void> {
  // Something that a socket of this host fails with is the program's end.
  socket.on('error', () => undefined)
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** The macros of wait(2): the signal is in the low 7 bits, the exit status in the byte above. */
function childEnd(status: number): ChildEnd {
  const number = status & 0x7f
  if (number === 0) return { code: (status >> 8) & 0xff, signal: undefined }
  return { code: undefined, signal: signals.get(number) }
}

const signals: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.keys(constants.signals)
    .filter(isSignal)
    .map((name): [number, NodeJS.Signals] => [constants.signals[name], name]),
)

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name)
}
