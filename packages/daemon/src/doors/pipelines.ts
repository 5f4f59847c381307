import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Requests that one connection may send ahead of the answers; hardly any client sends one. */
const MOST_AHEAD = 100

/** Of one connection. */
interface Line<Request> {
  /** The answer that it is owed first, or was given last. */
  first: ServerResponse
  isOwed: boolean
  /** What waits behind it. */
  readonly waiting: (readonly [Request, ServerResponse])[]
}

/**
 * Lets the requests of one connection through one after another, as they are answered in their order in any case. Node parses
 * at once whatever has come, hundreds of requests of each connection: begun at once, they would keep everybody else
 * waiting, and each of them would take memory. Who sends far ahead is cut off.
 */
export class Pipelines<Request extends IncomingMessage> {
  readonly #lines = new WeakMap<Duplex, Line<Request>>()
  readonly #answer: (request: Request, response: ServerResponse) => void
  readonly #ended: (request: Request) => void

  /** @param ended is told of each that was answered, or whose connection is gone */
  constructor(
    answer: (request: Request, response: ServerResponse) => void,
    ended: (request: Request) => void = () => undefined,
  ) {
    this.#answer = answer
    this.#ended = ended
  }

  /** Whether an answer is being made for it. */
  isOwed(connection: Duplex): boolean {
    return this.#lines.get(connection)?.isOwed === true
  }

  /** Whether some of an answer has gone to it, and more is to come: nothing else can be said over it meanwhile. */
  hasBegun(connection: Duplex): boolean {
    const response = this.#lines.get(connection)?.first
    return response?.headersSent === true && !response.writableFinished
  }

  take(request: Request, response: ServerResponse): void {
    const { socket } = request
    if (socket.destroyed) return
    let line = this.#lines.get(socket)
    if (line === undefined) {
      line = { first: response, isOwed: false, waiting: [] }
      this.#lines.set(socket, line)
    }
    if (!line.isOwed) this.#begin(line, request, response)
    else if (line.waiting.length < MOST_AHEAD) line.waiting.push([request, response])
    else socket.destroy()
  }

  #begin(line: Line<Request>, request: Request, response: ServerResponse): void {
    const { socket } = request
    line.first = response
    line.isOwed = true
    response.once('close', () => {
      if (line.waiting.length === 0 || socket.destroyed) line.isOwed = false
      // By way of the event loop, so that others have their turn.
      else setImmediate(() => this.#next(line, socket))
      this.#ended(request)
    })
    this.#answer(request, response)
  }

  #next(line: Line<Request>, socket: Duplex): void {
    const next = line.waiting.shift()
    if (next === undefined || socket.destroyed) line.isOwed = false
    else this.#begin(line, ...next)
  }
}
