import { request } from 'node:http'
import { type Client, DaemonError } from '@chainmail/daemon/client'
import type { Held, Model } from '../model.ts'
import type { Random } from '../random.ts'

/** What every caller has: the daemon, what it has told, and chance. */
export interface Load {
  readonly client: Client
  readonly model: Model
  readonly random: Random
  /** The highest number of a change in the history that was acknowledged. */
  sawRevision(revision: number): void
  /** A word that was never used before. */
  word(): string
}

/**
 * Somebody who changes something of his own, one request after another: makes one change and resolves when it is
 * acknowledged. What it changes nobody else does.
 *
 * @throws what the daemon refuses: nobody asks for what is not possible; what {@link isGone} knows, when it dies
 */
export type Caller = (load: Load) => Promise<void>

/** Sends a change and tells the model that it is asked for, and made. */
export async function change(
  { client, model }: Load,
  [method, path, body]: readonly [method: string, path: string, body?: unknown],
  changes: Iterable<readonly [string, Held | undefined]>,
): Promise<unknown> {
  const step = model.begin(new Map(changes))
  const answer = await client.request(method, path, body)
  step.made()
  return answer
}

/** Sends one of rfw's requests, which are answered by a text. @throws Error with the answer that is no success */
export function plainRequest(socket: string, method: string, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const sent = request({ socketPath: socket, method, path, headers: { host: 'localhost' } }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('error', reject)
    response.on('end', () => {
      if (response.statusCode === 200) resolve()
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
    })
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

/** Whether this is how a request fails whose daemon has been killed. */
export function isGone(error: unknown): boolean {
  if (error instanceof DaemonError) return error.code === 'no-daemon'
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && gone.has(error.code)
}

const gone: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'])

/** Seconds, or none for ever. */
export function someDuration(random: Random): number | undefined {
  return random.oneIn(2) ? undefined : 3600 * (1 + random.below(48))
}

/** What stands there from now on, for so many seconds. */
export function held(text: string, seconds: number | undefined): Held {
  return seconds === undefined ? { text } : { text, until: Date.now() + seconds * 1000 }
}

/** The number of a change in the history, as an answer tells it. */
export function revisionOf(answer: unknown): number {
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'revision' in answer &&
    typeof answer.revision === 'number'
  )
    return answer.revision
  throw new TypeError(`a change was made without a revision: ${JSON.stringify(answer)}`)
}
