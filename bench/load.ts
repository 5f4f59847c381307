import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type LoadAnswer, type LoadRequest, parseLoadAnswer } from './load-messages.ts'

const program = join(import.meta.dirname, 'load-generator.ts')

/** The load generator's process. One load at a time. */
export class Load implements AsyncDisposable {
  readonly #process: ChildProcess = fork(program)

  /** @throws Error when the generator ends, as it does when the server refuses a request */
  async generate(request: LoadRequest): Promise<LoadAnswer> {
    const over = new AbortController()
    try {
      const answered = once(this.#process, 'message', { signal: over.signal })
      const ended = once(this.#process, 'exit', { signal: over.signal }).then(([code]) => {
        throw new Error(`the load generator has ended with ${code}`)
      })
      // Whichever comes second is given up.
      ended.catch(() => undefined)
      this.#process.send(request)
      const [answer] = await Promise.race([answered, ended])
      return parseLoadAnswer(answer)
    } finally {
      over.abort()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}
