import { createServer, IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { codeOf } from '../errors.ts'
import { PROBLEM_TYPE, type Problem, problem, problemOf } from '../problems.ts'

/** Answers a request; Fastify's `routing`. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A request that came in by a door. */
export class DoorRequest extends IncomingMessage {
  #isStream = false

  /** Its body arrives as it comes: only a pause ends it, which whoever reads it looks after. */
  get isStream(): boolean {
    return this.#isStream
  }

  becomeStream(): void {
    this.#isStream = true
  }
}

/** A request that came in by the unix socket. */
export class SocketRequest extends DoorRequest {}

/** By which door a request came in. */
export function doorOf(request: IncomingMessage): 'loopback' | 'socket' {
  return request instanceof SocketRequest ? 'socket' : 'loopback'
}

/** Milliseconds that a body has to arrive in, unless it is a stream. */
const BODY_TIME = 30_000

/** Milliseconds and bytes: who is slower, or says more before the body, is turned away. */
const limits = {
  headersTimeout: 10_000,
  /** The longest stream, an hour. */
  requestTimeout: 3_600_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
}

/**
 * A server of one door.
 * @param check throws what the request is refused with, before anything else looks at it
 * @param bodyTime milliseconds that a body has to arrive in, unless it is a stream
 */
export function httpServer(
  handler: Handler,
  door: 'loopback' | 'socket',
  check: (request: IncomingMessage) => void = () => undefined,
  bodyTime = BODY_TIME,
): Server {
  const server = createServer(
    { ...limits, IncomingMessage: door === 'socket' ? SocketRequest : DoorRequest },
    (request, response) => {
      // While the server is closing, each connection ends with the answer to what it has asked.
      if (!server.listening) response.setHeader('connection', 'close')
      response.once('close', endIdle)
      try {
        check(request)
      } catch (error) {
        refuse(response, problemOf(error))
        return
      }
      if (hasBody(request)) limitBodyTime(request, response, bodyTime)
      handler(request, response)
    },
  )
  function endIdle(): void {
    if (!server.listening) server.closeIdleConnections()
  }
  server.on('clientError', answerBrokenRequest)
  return server
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Node has one limit for all requests, and streams need a longer one than the others. */
function limitBodyTime(request: DoorRequest, response: ServerResponse, bodyTime: number): void {
  const timer = setTimeout(() => {
    if (request.complete || request.isStream) return
    endSlowRequest(request.socket)
  }, bodyTime)
  response.once('close', () => clearTimeout(timer))
}

function endSlowRequest(connection: Duplex): void {
  if (!connection.writable) return
  answerBare(connection, problemOfParser('ERR_HTTP_REQUEST_TIMEOUT'))
}

function refuse(response: ServerResponse, refusal: Problem): void {
  response.writeHead(refusal.status, { 'content-type': PROBLEM_TYPE, connection: 'close' })
  response.end(JSON.stringify(refusal))
}

/** What arrives is no request that Node's parser takes: it is answered on the bare connection, which then ends. */
function answerBrokenRequest(error: Error, connection: Duplex): void {
  if (codeOf(error) === 'ECONNRESET' || !connection.writable) {
    connection.destroy()
    return
  }
  answerBare(connection, problemOfParser(codeOf(error)))
}

function answerBare(connection: Duplex, told: Problem): void {
  const body = JSON.stringify(told)
  const head = [
    `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}`,
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
        `A request has to arrive within ${BODY_TIME / 1000} seconds, a stream within ${limits.requestTimeout / 60_000} minutes.`,
      )
    default:
      return problem('bad-http', 'What was sent is not an HTTP/1.1 request.')
  }
}
