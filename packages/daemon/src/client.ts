import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { receiveEvents } from './client-events.ts'
import { type Lines, receiveLines, sendLines } from './client-stream.ts'
import { codeOf, DaemonError } from './errors.ts'
import { checkSocketPath, findSocket } from './paths.ts'
import type { Problem } from './problems.ts'

export { DaemonError } from './errors.ts'
export { findPaths, findSocket, type Paths } from './paths.ts'
export type { Problem } from './problems.ts'

/** An event of the daemon's stream. */
export interface ServerEvent {
  /** `change`, `drift`, `repair`, `probation` or `missed`. */
  readonly event: string
  /** The revision to go on behind after a break; undefined where it has none yet. */
  readonly id: number | undefined
  readonly data: unknown
}

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

/** What a request says besides what it asks for. */
export interface RequestOptions {
  /** Why a change is made; the history keeps it. */
  readonly why?: string | undefined
  /** Of a body that is a text and not JSON. */
  readonly contentType?: string | undefined
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
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * Sends lines of NDJSON, as they come and no faster than the daemon takes them, and reads the answer's lines
   * meanwhile. Whoever leaves the loop breaks the request off.
   * @param lines each a JSON text; none for a request without a body
   * @returns the lines of the answer, read as JSON
   * @throws what {@link request} throws, and what `lines` throws
   */
  stream(method: string, path: string, lines?: Lines): AsyncGenerator<unknown, void>
  /**
   * What happens, until the connection ends. Whoever leaves the loop ends it.
   * @param after changes behind this revision come first; those from now on if not said
   * @throws what {@link request} throws
   */
  events(after?: number): AsyncGenerator<ServerEvent, void>
}

/** Nothing is sent before the first request. */
export function connect(options: ClientOptions = {}): Client {
  const socket = checkSocketPath(findSocket(options.socket))
  return {
    socket,
    async request(method, path, body, { why, contentType } = {}) {
      const text =
        contentType === undefined || typeof body !== 'string'
          ? body === undefined
            ? undefined
            : JSON.stringify(body)
          : body
      const headers = {
        ...(why === undefined ? {} : { 'chainmail-why': encodeURIComponent(why) }),
        ...(text === undefined
          ? {}
          : {
              'content-type': contentType ?? 'application/json',
              'content-length': Buffer.byteLength(text),
            }),
      }
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
    async *stream(method, path, lines) {
      const headers =
        lines === undefined ? {} : { 'content-type': 'application/x-ndjson', 'transfer-encoding': 'chunked' }
      const sent = httpRequest({
        socketPath: socket,
        method,
        path,
        headers: { host: 'localhost', accept: 'application/x-ndjson, application/json', ...headers },
      })
      try {
        yield* exchange(sent, lines, socket)
      } finally {
        sent.destroy()
      }
    },
    async *events(after) {
      const last = after === undefined ? {} : { 'last-event-id': String(after) }
      const headers = { host: 'localhost', accept: 'text/event-stream', ...last }
      const sent = httpRequest({ socketPath: socket, method: 'GET', path: '/v1/events', headers })
      sent.end()
      try {
        yield* eventsOf(await responseOf(sent))
      } catch (error) {
        throw error instanceof ProblemError || error instanceof DaemonError
          ? error
          : unreachable(error, socket)
      } finally {
        sent.destroy()
      }
    },
  }
}

async function* exchange(
  sent: ClientRequest,
  lines: Lines | undefined,
  socket: string,
): AsyncGenerator<unknown, void> {
  let failure: { readonly reason: unknown } | undefined
  // The lines may come from anywhere, and fail there: that is what the caller wants to hear of.
  const sending = sendLines(sent, lines ?? []).catch((reason: unknown) => {
    failure = { reason }
    sent.destroy()
  })
  try {
    const response = await responseOf(sent)
    const status = response.statusCode ?? 0
    if (status >= 200 && status < 300) {
      for await (const line of receiveLines(response)) yield parseJson(line)
      await sending
      if (failure !== undefined) throw failure.reason
      return
    }
    readAnswer(status, await textOf(response))
  } catch (error) {
    if (failure !== undefined) throw failure.reason
    throw error instanceof ProblemError || error instanceof DaemonError ? error : unreachable(error, socket)
  }
}

async function answerOf(sent: ClientRequest, socket: string): Promise<{ status: number; text: string }> {
  try {
    const response = await responseOf(sent)
    return { status: response.statusCode ?? 0, text: await textOf(response) }
  } catch (error) {
    throw unreachable(error, socket)
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<ServerEvent, void> {
  const status = response.statusCode ?? 0
  if (status === 200) {
    for await (const { event, id, data } of receiveEvents(response))
      yield { event, id, data: parseJson(data) }
    return
  }
  readAnswer(status, await textOf(response))
}

function responseOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    // One that comes behind the answer is told by the answer's own stream.
    sent.on('error', reject)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
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
