import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Requests that one connection may send ahead of the answers; hardly any client sends one. */
const MOST_AHEAD = 100

/**
 * Lets the requests of one connection through one after another, as they are answered in their order in any case. Node parses
 * at once whatever has come, hundreds of requests of each connection: begun at once, they would keep everybody else
 * waiting, and each of them would take memory. Who sends far ahead is cut off.
 */
export class Pipelines<Request extends IncomingMessage> {
  /** Of each connection that is owed an answer, what waits behind it. */
  readonly #lines = new WeakMap<Duplex, (readonly [Request, ServerResponse])[]>()
  readonly #answer: (request: Request, response: ServerResponse) => void

  constructor(answer: (request: Request, response: ServerResponse) => void) {
    this.#answer = answer
  }

  /** Whether an answer is being made for it. */
  isOwed(connection: Duplex): boolean {
    return this.#lines.has(connection)
  }

  take(request: Request, response: ServerResponse): void {
    const { socket } = request
    if (socket.destroyed) return
    const line = this.#lines.get(socket)
    if (line === undefined) {
      this.#lines.set(socket, [])
      this.#begin(request, response)
    } else if (line.length < MOST_AHEAD) line.push([request, response])
    else socket.destroy()
  }

  #begin(request: Request, response: ServerResponse): void {
    const { socket } = request
    response.once('close', () => {
      const line = this.#lines.get(socket)
      if (line === undefined) return
      if (line.length === 0 || socket.destroyed) this.#lines.delete(socket)
      // By way of the event loop, so that others have their turn.
      else setImmediate(() => this.#next(socket, line))
    })
    this.#answer(request, response)
  }

  #next(socket: Duplex, line: (readonly [Request, ServerResponse])[]): void {
    const next = line.shift()
    if (next === undefined || socket.destroyed) this.#lines.delete(socket)
    else this.#begin(...next)
  }
}
