import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { changing } from '../audit/audited-requests.ts'
import { DaemonError } from '../errors.ts'
import type { Store } from '../store.ts'
import { originOf, REVISION_HEADER } from '../v1/origin.ts'
import { KEY_HEADER, REPLAYED_HEADER, readKey } from './key.ts'
import { type KeptAnswer, KeyStore } from './key-store.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is asked for, or answered, holds a secret that nobody may keep. */
    readonly secret?: true
  }
  interface FastifyRequest {
    /** The key under which its answer is kept. */
    keyed: Keyed | undefined
  }
}

interface Keyed {
  readonly who: string
  readonly name: string
  readonly id: number
}

/** What is given again beside the body. */
const keptHeaders = ['content-type', 'etag', 'location', REVISION_HEADER]

/**
 * The header Idempotency-Key, of the routes that are added after it: a change is made once, however often its request comes,
 * and each time answered as the first time.
 *
 * 1. The key is in the store before the request is begun, and the answer before it leaves: both outlive the daemon.
 * 2. An answer is kept if something may have been changed, one that names a revision thus in any case. A request that was
 *    refused has changed nothing else: its key is free, and it is tried again when it comes again.
 * 3. Of a route with secrets no answer is kept, and no hash of a body either, by which a password could be guessed.
 * 4. A daemon that ends between a change and its answer makes nothing twice: it says that the answer is lost.
 */
export function addIdempotency(app: FastifyInstance, store: Store): void {
  const keys = new KeyStore(store)
  /** Names of keys whose requests are under way. */
  const running = new Set<string>()
  app.decorateRequest('keyed', undefined)

  app.addHook('preHandler', (request, reply, done) => {
    const header = request.headers[KEY_HEADER]
    if (header === undefined || !changing.has(request.method) || isDryRun(request.query)) done()
    else {
      let answer: KeptAnswer | undefined
      try {
        answer = begin(request, header)
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
        return
      }
      if (answer === undefined) done()
      else replay(reply, answer)
    }
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    const { keyed } = request
    if (keyed === undefined) {
      done(null, payload)
      return
    }
    request.keyed = undefined
    const { who, id, name } = keyed
    const { statusCode: status } = reply
    const text = payload === null || payload === undefined ? '' : String(payload)
    const body = request.routeOptions.config.secret === true ? undefined : text
    const kept = isSettled(reply, text)
      ? keys.answer(who, id, { status, headers: headersOf(reply), body })
      : keys.forget(who, id)
    void kept.then(() => {
      running.delete(name)
      done(null, payload)
    })
  })

  /** @returns the answer that was given before */
  function begin(request: FastifyRequest, header: string | string[]): KeptAnswer | undefined {
    const key = readKey(header) ?? ''
    if (isStream(request.body))
      throw new DaemonError(
        'idempotency-key-refused',
        'The lines of a stream take effect as they come: send it without Idempotency-Key. Each line says how it is to be in the end, so the whole can be sent again.',
      )
    const { who } = originOf(request.raw)
    const name = JSON.stringify([who, key])
    const isSecret = request.routeOptions.config.secret === true
    const body = isSecret ? '' : JSON.stringify(request.body)
    const asked = hash('sha256', `${request.method} ${request.raw.url}\n${body}`)
    const known = keys.find(who, key)
    if (known === undefined) {
      request.keyed = { who, name, id: keys.begin(who, key, asked) }
      running.add(name)
      return undefined
    }
    if (known.request !== asked)
      throw new DaemonError(
        'idempotency-key-reused',
        'This Idempotency-Key was sent with another request before: use a new one for each request.',
      )
    if (running.has(name))
      throw new DaemonError(
        'idempotency-key-in-use',
        'The request with this Idempotency-Key is under way: send it again when it has had time to end.',
      )
    if (known.answer?.body !== undefined) return known.answer
    throw new DaemonError(
      'idempotency-answer-lost',
      known.answer === undefined
        ? 'The daemon ended while the request with this Idempotency-Key was under way: look whether it was done before you send it with another key.'
        : 'The request with this Idempotency-Key was done, and its answer was not kept: it was too large, or holds a secret that is told once.',
    )
  }
}

function replay(reply: FastifyReply, { status, headers, body }: KeptAnswer): void {
  reply.code(status).headers(headers).header(REPLAYED_HEADER, 'true')
  // Sent as it is: it is text already.
  reply.serializer((text: unknown) => String(text)).send(body === '' ? undefined : body)
}

/** With which something may have been changed although the request was refused. */
const doubtful = ['outcome-unknown', 'plan-raced', 'undo-failed']

/** Whether something may have been changed. */
function isSettled(reply: FastifyReply, body: string): boolean {
  if (reply.statusCode < 400 || reply.hasHeader(REVISION_HEADER)) return true
  return doubtful.some((code) => body.includes(`"code":"${code}"`))
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of keptHeaders) {
    const value = reply.getHeader(name)
    if (value !== undefined) kept[name] = String(value)
  }
  return kept
}

function isDryRun(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true'
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'pipe' in body
}
