import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket, type TlsOptions } from 'node:tls'
import { codeOf } from '../errors.ts'
import { http } from '../node-http.ts'
import { PROBLEM_TYPE, type Problem, problem, problemOf } from '../problems.ts'
import { BodyTimes } from './body-times.ts'
import { Pipelines } from './pipelines.ts'

/** Answers a request; Fastify's `routing`. */
export interface Handler {
  (request: IncomingMessage, response: ServerResponse): void
  /** Is told of what is refused before it comes to anything else. */
  readonly refused?: ((refusal: EarlyRefusal) => void) | undefined
}

/** A request that was refused before it came to any route. */
export interface EarlyRefusal {
  /** Undefined where what was sent is no request. */
  readonly request?: IncomingMessage | undefined
  readonly connection: Duplex
  readonly problem: Problem
}

/** A request that came in by a door. */
export class DoorRequest extends http.IncomingMessage {
  #isStream = false

  /** Its body arrives as it comes: only a pause ends it, which whoever reads it looks after. */
  get isStream(): boolean {
    return this.#isStream
  }

  becomeStream(): void {
    this.#isStream = true
  }

  /** It is answered: what still comes of its body is thrown away, and has to come in time. */
  becomeRest(): void {
    this.#isStream = false
  }
}

/** A request that came in by the unix socket. */
export class SocketRequest extends DoorRequest {}

/** A request that came in by HTTPS. */
export class HttpsRequest extends DoorRequest {}

/** A way in. */
export type Door = 'socket' | 'loopback' | 'https'

/** By which door a request came in. */
export function doorOf(request: IncomingMessage): Door {
  if (request instanceof HttpsRequest) return 'https'
  return request instanceof SocketRequest ? 'socket' : 'loopback'
}

const requestClasses = { socket: SocketRequest, loopback: DoorRequest, https: HttpsRequest } as const

/** Refuses a request before anything else looks at it, by throwing what it is refused with. */
export type RequestCheck = (request: IncomingMessage) => void

/** Milliseconds: who is slower is turned away. */
export interface DoorTimes {
  /** For the head of a request, from the beginning of its connection or from the answer before. */
  readonly head: number
  /** For a body, unless it is a stream. */
  readonly body: number
  /** For taking anything at all of an answer that waits. */
  readonly reading: number
  /** For the next request over a connection. */
  readonly idle: number
  /** How often it is looked whether heads are late. */
  readonly check: number
}

const usualTimes: DoorTimes = { head: 10_000, body: 30_000, reading: 60_000, idle: 72_000, check: 2_000 }

/** Milliseconds and bytes. */
const limits = {
  /** The longest stream, an hour. */
  requestTimeout: 3_600_000,
  maxHeaderSize: 16 * 1024,
}

/** A server of one door without encryption. */
export function httpServer(
  handler: Handler,
  door: 'loopback' | 'socket',
  check: RequestCheck = () => undefined,
  times = usualTimes,
): Server {
  const server = http.createServer({ ...limitsOf(times), IncomingMessage: requestClasses[door] })
  return answering(server, handler, check, times)
}

/** A server of HTTPS. */
export function httpsServer(handler: Handler, tls: TlsOptions, check: RequestCheck): HttpsServer {
  const server = createTlsServer({ ...tls, ...limitsOf(usualTimes), IncomingMessage: requestClasses.https })
  return answering(server, handler, check, usualTimes)
}

function limitsOf({ head, idle, check }: DoorTimes) {
  return { ...limits, headersTimeout: head, keepAliveTimeout: idle, connectionsCheckingInterval: check }
}

function answering<AnyServer extends Server<typeof DoorRequest> | HttpsServer<typeof DoorRequest>>(
  server: AnyServer,
  handler: Handler,
  check: RequestCheck,
  times: DoorTimes,
): AnyServer {
  const bodies = new BodyTimes<DoorRequest>(times.body, ({ socket }) => {
    if (pipelines.isOwed(socket)) endSlowRequest(socket)
    else socket.destroy()
  })
  function ended(request: DoorRequest): void {
    bodies.end(request)
    if (!request.complete && !request.socket.destroyed) {
      request.becomeRest()
      bodies.begin(request)
    }
    if (!server.listening) server.closeIdleConnections()
  }
  function answer(request: DoorRequest, response: ServerResponse): void {
    // While the server is closing, each connection ends with the answer to what it has asked.
    if (!server.listening) response.setHeader('connection', 'close')
    try {
      check(request)
    } catch (error) {
      const problem = problemOf(error)
      refuse(response, problem)
      handler.refused?.({ request, connection: request.socket, problem })
      return
    }
    if (hasBody(request)) bodies.begin(request)
    handler(request, response)
  }
  const pipelines = new Pipelines(answer, ended)
  server.on('request', (request, response) => pipelines.take(request, response))
  // An expectation that nobody knows is passed over: Node would refuse it by itself, without a problem and a record.
  server.on('checkExpectation', (request, response) => pipelines.take(request, response))
  // Ends connections whose other end takes nothing of an answer, and those that nobody asks anything over any more.
  server.setTimeout(times.reading, (connection) => {
    if (connection.writableLength > 0 || !pipelines.isOwed(connection)) connection.destroy()
  })
  server.on('clientError', (error, connection) => {
    const problem = answerBrokenRequest(error, connection, pipelines.hasBegun(connection))
    if (problem !== undefined) handler.refused?.({ connection, problem })
  })
  return server
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function endSlowRequest(connection: Duplex): void {
  if (!connection.writable) return
  answerBare(connection, problemOfParser('ERR_HTTP_REQUEST_TIMEOUT'))
}

function refuse(response: ServerResponse, refusal: Problem): void {
  response.writeHead(refusal.status, { 'content-type': PROBLEM_TYPE, connection: 'close' })
  response.end(JSON.stringify(refusal))
}

/**
 * What arrives is no request that Node's parser takes: it is answered on the bare connection, which then ends. In the
 * middle of an answer it ends without further words, so that a stream is seen to be cut off.
 */
function answerBrokenRequest(error: Error, connection: Duplex, isAnswering: boolean): Problem | undefined {
  if (isAnswering && connection instanceof Socket) {
    // What was answered before still goes out.
    connection.destroySoon()
    return undefined
  }
  // Nothing can be said over a connection whose handshake has failed.
  const isUnheard = connection instanceof TLSSocket && connection.getProtocol() === null
  if (codeOf(error) === 'ECONNRESET' || !connection.writable || isUnheard) {
    connection.destroy()
    return undefined
  }
  const told = problemOfParser(codeOf(error))
  answerBare(connection, told)
  return told
}

function answerBare(connection: Duplex, told: Problem): void {
  const body = JSON.stringify(told)
  const head = [
    `HTTP/1.1 ${told.status} ${http.STATUS_CODES[told.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function problemOfParser(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem(
        'headers-too-large',
        `The header of a request may have ${limits.maxHeaderSize} bytes, its path included.`,
      )
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem(
        'request-timeout',
        `A request has to arrive within ${usualTimes.body / 1000} seconds, a stream within ${limits.requestTimeout / 60_000} minutes.`,
      )
    default:
      return problem('bad-http', 'What was sent is not an HTTP/1.1 request.')
  }
}
