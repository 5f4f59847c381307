/** What Node alone can do: a fetch over whatever can send a request of node:http, such as a unix socket. */
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import type { Fetch } from './fetch.ts'

/** Begins a request; whoever calls it listens for its errors at once. */
export type Send = (options: {
  readonly method: string
  /** Encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | number>>
}) => ClientRequest

/** A fetch over a unix socket. The host of the URL does not matter. */
export function socketFetch(socketPath: string): Fetch {
  return requestFetch(async () => (options) => request({ socketPath, ...options }))
}

/**
 * A fetch whose body and answer flow at the same time.
 *
 * @param sender is asked before each request what sends it
 */
export function requestFetch(sender: () => Promise<Send>): Fetch {
  return async (url, { method, headers, body, signal }) => {
    const { pathname, search, host } = new URL(url)
    const size =
      typeof body === 'string'
        ? { 'content-length': Buffer.byteLength(body) }
        : body === undefined
          ? {}
          : { 'transfer-encoding': 'chunked' }
    const send = await sender()
    const sent = send({ method, path: pathname + search, headers: { host, ...headers, ...size } })
    const abort = (): void => void sent.destroy()
    signal.addEventListener('abort', abort, { once: true })
    sent.once('close', () => signal.removeEventListener('abort', abort))
    const answer = responseOf(sent)
    if (typeof body === 'object') {
      // Whoever reads the answer hears that the request was broken off.
      pour(body, sent).catch(() => sent.destroy())
    } else sent.end(body)
    const response = await answer
    const status = response.statusCode ?? 0
    const isEmpty = status === 204 || status === 304
    if (isEmpty) response.resume()
    return new Response(isEmpty ? null : Readable.toWeb(response), { status, headers: headersOf(response) })
  }
}

function responseOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    // One that comes behind the answer is told by the answer's own stream.
    sent.on('error', reject)
  })
}

/** Sends a body no faster than it is taken. */
async function pour(body: ReadableStream<Uint8Array>, sent: ClientRequest): Promise<void> {
  for await (const chunk of body) {
    if (!sent.write(chunk)) await drained(sent)
    if (sent.destroyed) return
  }
  sent.end()
}

/** Whoever answers before he has read everything closes the request: nothing drains then. */
async function drained(request: ClientRequest): Promise<void> {
  const listening = new AbortController()
  try {
    await Promise.race([
      once(request, 'drain', { signal: listening.signal }),
      once(request, 'close', { signal: listening.signal }),
    ])
  } finally {
    listening.abort()
  }
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value)
  return headers
}
