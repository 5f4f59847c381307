import { once } from 'node:events'
import type { ClientRequest } from 'node:http'

/** A line of a request: a text without a line end. */
export type Lines = Iterable<string> | AsyncIterable<string>

/** Characters that are sent together. */
const CHUNK = 65_536

/** Sends lines as they come, no faster than they are taken, and ends the request. */
export async function sendLines(request: ClientRequest, lines: Lines): Promise<void> {
  let chunk = ''
  for await (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length < CHUNK) continue
    if (!request.write(chunk)) await drained(request)
    chunk = ''
    if (request.destroyed) return
  }
  request.end(chunk)
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

/** The lines of an answer in UTF-8, without their ends, as they arrive. */
export async function* receiveLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
