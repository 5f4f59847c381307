import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { codeOf, DaemonError } from './errors.ts'
import { checkSocketPath, findSocket } from './paths.ts'
import type { Problem } from './problems.ts'

export { DaemonError } from './errors.ts'
export { findPaths, findSocket, type Paths } from './paths.ts'
export type { Problem } from './problems.ts'

export interface ClientOptions {
  /** The unix socket; otherwise it is found by the same rules as the daemon's. */
  readonly socket?: string | undefined
}

/** A failure that the daemon told. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: string
  readonly status: number
  /** The whole document, RFC 9457. */
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.code = problem.code
    this.status = problem.status
    this.problem = problem
  }
}

/** A daemon, spoken to over its unix socket. */
export interface Client {
  /** The path of the socket. */
  readonly socket: string
  /**
   * Sends one request.
   * @param path as in `/v1/bans/203.0.113.0%2F24`, encoded
   * @returns the body of the answer, read as JSON; undefined when it is empty
   * @throws ProblemError when the daemon refuses; DaemonError `no-daemon`, `socket-not-permitted`,
   *   `socket-path-too-long`
   */
  request(method: string, path: string, body?: unknown): Promise<unknown>
}

/** Nothing is sent before the first request. */
export function connect(options: ClientOptions = {}): Client {
  const socket = checkSocketPath(findSocket(options.socket))
  return {
    socket,
    async request(method, path, body) {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      const sent = httpRequest({
        socketPath: socket,
        method,
        path,
        headers: { host: 'localhost', ...headers },
      })
      sent.end(text)
      const answer = await answerOf(sent, socket)
      return readAnswer(answer.status, answer.text)
    },
  }
}

async function answerOf(sent: ClientRequest, socket: string): Promise<{ status: number; text: string }> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.once('error', reject)
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of response) chunks.push(chunk)
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }
  } catch (error) {
    throw unreachable(error, socket)
  }
}

function unreachable(error: unknown, socket: string): DaemonError {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
      return new DaemonError('no-daemon', `No daemon answers on ${socket}: is it running?`, error)
    case 'EACCES':
    case 'EPERM':
      return new DaemonError(
        'socket-not-permitted',
        `This user may not use the daemon's socket ${socket}.`,
        error,
      )
    default: {
      const words = error instanceof Error ? error.message : String(error)
      return new DaemonError('no-daemon', `The daemon on ${socket} did not answer: ${words}.`, error)
    }
  }
}

function readAnswer(status: number, text: string): unknown {
  const body = text === '' ? undefined : parseJson(text)
  if (status >= 200 && status < 300) return body
  if (isProblem(body)) throw new ProblemError(body)
  throw new DaemonError(
    'no-daemon',
    `What answers on the socket is no chainmail daemon (HTTP status ${status}).`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DaemonError(
      'no-daemon',
      'What answers on the socket is no chainmail daemon: it does not speak JSON.',
      error,
    )
  }
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'status' in body &&
    typeof body.status === 'number'
  )
}
