import { createServer, IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { codeOf } from '../errors.ts'
import { PROBLEM_TYPE, type Problem, problem, problemOf } from '../problems.ts'

/** Answers a request; Fastify's `routing`. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A request that came in by the unix socket. */
export class SocketRequest extends IncomingMessage {}

/** By which door a request came in. */
export function doorOf(request: IncomingMessage): 'loopback' | 'socket' {
  return request instanceof SocketRequest ? 'socket' : 'loopback'
}

/** Milliseconds and bytes: who is slower, or says more before the body, is turned away. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
}

/**
 * A server of one door.
 * @param check throws what the request is refused with, before anything else looks at it
 */
export function httpServer(
  handler: Handler,
  door: 'loopback' | 'socket',
  check: (request: IncomingMessage) => void = () => undefined,
): Server {
  const server = createServer(
    { ...limits, IncomingMessage: door === 'socket' ? SocketRequest : IncomingMessage },
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
      handler(request, response)
    },
  )
  function endIdle(): void {
    if (!server.listening) server.closeIdleConnections()
  }
  server.on('clientError', answerBrokenRequest)
  return server
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
  const told = problemOfParser(codeOf(error))
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
        `A request has to arrive within ${limits.requestTimeout / 1000} seconds.`,
      )
    default:
      return problem('bad-http', 'What was sent is not an HTTP/1.1 request.')
  }
}
