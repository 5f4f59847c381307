import { ConnectionError, ProblemError, parseJson, readAnswer } from './answer.ts'
import { type Calls, type DryRun, operations } from './api.generated.ts'
import { receiveEvents, type ServerEvent } from './events.ts'
import type { Fetch } from './fetch.ts'
import { LineBody, type Lines, NDJSON, receiveLines } from './lines.ts'
import type { RequestOptions } from './request-options.ts'

export interface ClientOptions {
  /** Such as `https://fw.example.org:7393`; of a page that the daemon serves itself, its own if not said. */
  readonly url?: string
  /** Sent as a bearer token. */
  readonly apiKey?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** The platform's own if not said. */
  readonly fetch?: Fetch
  /** What is thrown where no daemon answers. */
  readonly unreachable?: (error: unknown) => Error
}

/** An operation of the daemon's document. */
export type CallId = keyof Calls

/** What an operation is asked for with; left out where it needs nothing. */
export type Inputs<Id extends CallId> = Calls[Id]['inputs']

/** What an operation answers; undefined where that is nothing. */
export type Answer<Id extends CallId> = Calls[Id]['answer']

/** Operations that can tell what they would change. */
type Rehearsable = { [Id in CallId]: Calls[Id]['rehearsed'] extends never ? never : Id }[CallId]

/** An answer, and what its header says. */
export interface Asked<Value> {
  readonly status: number
  readonly answer: Value
  /** The version of what was read. */
  readonly etag: string | undefined
  /** The number of the change in the history. */
  readonly revision: number | undefined
}

/** A daemon. */
export interface ChainmailClient {
  /** Asks for an operation of the daemon's document. @throws ProblemError, ConnectionError */
  call<Id extends CallId>(id: Id, ...inputs: Inputs<Id>): Promise<Answer<Id>>
  /** The same, with what the header of the answer says; of what `ifNoneMatch` names, no answer but the status 304. */
  ask<Id extends CallId>(id: Id, ...inputs: Inputs<Id>): Promise<Asked<Answer<Id> | undefined>>
  /** What an operation would change; nothing is changed. @throws as {@link call} does */
  rehearse<Id extends Rehearsable>(id: Id, ...inputs: Inputs<Id>): Promise<DryRun>
  /**
   * An operation that is answered with lines. Whoever leaves the loop breaks the request off.
   *
   * @param lines of one that takes them, each a JSON text
   */
  lines<Id extends CallId>(
    id: Id,
    input: NonNullable<Inputs<Id>[0]>,
    lines?: Lines,
  ): AsyncGenerator<Calls[Id]['line'], void>
  /**
   * What happens, with all that has happened since a revision: when the connection is lost it is made anew, and goes on
   * behind what was seen last. A daemon that has never answered is not waited for.
   */
  watch(after?: number, options?: { readonly signal?: AbortSignal }): AsyncGenerator<ServerEvent, void>
  /**
   * Sends one request.
   *
   * @param path as in `/v1/bans/203.0.113.0%2F24`, encoded
   * @returns the body of the answer, read as JSON; undefined when it is empty
   * @throws ProblemError when the daemon refuses; ConnectionError, or what `unreachable` makes
   */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * Sends lines of NDJSON, as they come and no faster than the daemon takes them, and reads the answer's lines
   * meanwhile. Whoever leaves the loop breaks the request off.
   *
   * @param lines each a JSON text; none for a request without a body
   * @returns the lines of the answer, read as JSON
   * @throws what {@link request} throws, and what `lines` throws
   */
  stream(method: string, path: string, lines?: Lines, options?: RequestOptions): AsyncGenerator<unknown, void>
  /** What happens, until the connection ends. @param after changes behind this revision come first */
  events(after?: number, options?: { readonly signal?: AbortSignal }): AsyncGenerator<ServerEvent, void>
}

/** Milliseconds after which a daemon that was lost is asked again. */
const RETRY = 1_000

/** Nothing is sent before the first request. */
export function createClient(options: ClientOptions = {}): ChainmailClient {
  const { url = '', apiKey, fetch = globalThis.fetch, unreachable = asConnectionError } = options
  const common = {
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...options.headers,
  }

  async function send(
    method: string,
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
    body?: string | ReadableStream<Uint8Array>,
  ): Promise<Response> {
    const streams = typeof body === 'object' ? ({ duplex: 'half' } as const) : {}
    const sent = body === undefined ? {} : { body, ...streams }
    return fetch(url + path, { method, headers: { ...common, ...headers }, signal, ...sent })
  }

  /** What no daemon has told is told as it should be. */
  function failure(error: unknown): unknown {
    return error instanceof ProblemError ? error : unreachable(error)
  }

  async function exchange(
    method: string,
    path: string,
    body: unknown,
    { contentType, signal, ...more }: RequestOptions = {},
  ): Promise<Asked<unknown>> {
    const isText = contentType !== undefined && typeof body === 'string'
    const text = isText ? body : body === undefined ? undefined : JSON.stringify(body)
    const type = text === undefined ? {} : { 'content-type': contentType ?? 'application/json' }
    try {
      const headers = { ...headersOf(more), ...type }
      const response = await send(method, path, signal ?? new AbortController().signal, headers, text)
      const revision = response.headers.get('chainmail-revision')
      return {
        status: response.status,
        answer: await readAnswer(response),
        etag: response.headers.get('etag') ?? undefined,
        revision: revision === null ? undefined : Number(revision),
      }
    } catch (error) {
      throw failure(error)
    }
  }

  async function* stream(
    method: string,
    path: string,
    lines?: Lines,
    { signal, ...more }: RequestOptions = {},
  ): AsyncGenerator<unknown, void> {
    const body = lines === undefined ? undefined : new LineBody(lines)
    const type = body === undefined ? {} : { 'content-type': NDJSON }
    const accept = { accept: `${NDJSON}, application/json` }
    const own = new AbortController()
    try {
      const headers = { ...headersOf(more), ...accept, ...type }
      const response = await send(method, path, both(own.signal, signal), headers, body?.stream)
      if (!response.ok) await readAnswer(response)
      for await (const line of receiveLines(response.body)) yield parseJson(line)
      if (body?.failure !== undefined) throw body.failure.reason
    } catch (error) {
      // The lines may come from anywhere, and fail there: that is what the caller wants to hear of.
      throw body?.failure === undefined ? failure(error) : body.failure.reason
    } finally {
      own.abort()
    }
  }

  async function* events(
    after?: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ServerEvent, void> {
    const last = after === undefined ? {} : { 'last-event-id': String(after) }
    const own = new AbortController()
    try {
      const headers = { accept: 'text/event-stream', ...last }
      const response = await send('GET', '/v1/events', both(own.signal, signal), headers)
      if (!response.ok) await readAnswer(response)
      yield* receiveEvents(response.body)
    } catch (error) {
      throw failure(error)
    } finally {
      own.abort()
    }
  }

  async function* watch(
    after?: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ServerEvent, void> {
    let last = after
    let isKnown = false
    while (signal?.aborted !== true) {
      try {
        if (!isKnown) {
          const { latest } = await client.call('listRevisions', { query: { limit: '1' } })
          last ??= latest
          isKnown = true
        }
        for await (const event of events(last, signal === undefined ? {} : { signal })) {
          last = event.id ?? last
          yield event
        }
      } catch (error) {
        if (!isKnown || !isLost(error)) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY))
    }
  }

  function askFor(id: CallId, input: AnyInput & RequestOptions = {}): Promise<Asked<unknown>> {
    const { method, path } = requestOf(id, input)
    const { params: _, query: __, body, ...more } = input
    return exchange(method, path, body, more)
  }

  const client: ChainmailClient = {
    async call(id, ...[input]) {
      const { answer } = await askFor(id, input)
      isAsDescribed<Answer<typeof id>>(answer)
      return answer
    },
    async ask(id, ...[input]) {
      const asked = await askFor(id, input)
      isAsDescribed<Asked<Answer<typeof id>>>(asked)
      return asked
    },
    async rehearse(id, ...[input]) {
      const given: AnyInput = { ...input }
      const { answer } = await askFor(id, { ...given, query: { ...given.query, dryRun: 'true' } })
      isAsDescribed<DryRun>(answer)
      return answer
    },
    async *lines(id, input, lines) {
      const given: AnyInput & RequestOptions = input
      const { method, path } = requestOf(id, given)
      for await (const line of stream(method, path, lines, given)) {
        isAsDescribed<Calls[typeof id]['line']>(line)
        yield line
      }
    },
    watch,
    events,
    stream,
    request: async (method, path, body, more) => (await exchange(method, path, body, more)).answer,
  }
  return client
}

/** What the daemon answers is what its document says: each answer of its tests is held against it. */
function isAsDescribed<Value>(_answer: unknown): asserts _answer is Value {}

interface AnyInput {
  readonly body?: unknown
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string | undefined>> | undefined
}

function requestOf(id: CallId, input: AnyInput): { readonly method: string; readonly path: string } {
  const [method, template] = operations[id]
  const { params = {}, query = {} } = input
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  const search = new URLSearchParams(given).toString()
  return { method, path: search === '' ? path : `${path}?${search}` }
}

function headersOf({ why, ifMatch, ifNoneMatch, idempotencyKey }: RequestOptions): Record<string, string> {
  return {
    ...(why === undefined ? {} : { 'chainmail-why': encodeURIComponent(why) }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  }
}

function both(own: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given === undefined ? own : AbortSignal.any([own, given])
}

/** Whether a daemon that has answered before answers no more. */
function isLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'no-daemon'
}

function asConnectionError(error: unknown): Error {
  if (error instanceof ConnectionError) return error
  const words = error instanceof Error ? error.message : String(error)
  return new ConnectionError(`The daemon did not answer: ${words}.`, error)
}
