import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { doorOf, type EarlyRefusal } from '../doors/http-server.ts'
import { withoutKeys } from '../identity/credential-text.ts'
import { originOf, REVISION_HEADER } from '../v1/origin.ts'
import { REQUEST_ID_HEADER } from './request-id.ts'

/** Which requests get a line. */
export const loggedRequests = ['changes', 'all', 'none'] as const
export type LoggedRequests = (typeof loggedRequests)[number]

export interface RequestLogOptions {
  readonly log: Pick<Logger, 'info' | 'warn' | 'isLevelEnabled'>
  /** Asked for each request. */
  readonly requests: () => LoggedRequests
  /** Milliseconds, of any beginning. */
  readonly now?: () => number
}

/** Refusals that are logged within a second; whoever sends nonsense by the thousand shall not fill the disk with it. */
const MOST_REFUSALS = 50
const SECOND = 1_000

/** Characters of a path. */
const LONGEST_PATH = 300

/**
 * A line for each change, at info, and for each that was refused, at warn; reads only where they were refused for who
 * asks, or by a fault. What others wrote stands in it as JSON, without any character that a terminal obeys.
 */
export class RequestLog {
  readonly #log: RequestLogOptions['log']
  readonly #requests: () => LoggedRequests
  readonly #now: () => number
  #second = 0
  #refusals = 0

  constructor({ log, requests, now = () => performance.now() }: RequestLogOptions) {
    this.#log = log
    this.#requests = requests
    this.#now = now
  }

  /** Logs every answer, and gives it the name of its request. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header(REQUEST_ID_HEADER, request.id)
      done()
    })
    app.addHook('onResponse', (request, reply, done) => {
      this.answered(request, reply)
      done()
    })
  }

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const requests = this.#requests()
    if (requests === 'none') return
    const { statusCode: status } = reply
    const isChange = request.method !== 'GET' && request.method !== 'HEAD'
    const revision = reply.getHeader(REVISION_HEADER)
    if (status < 400) {
      if ((isChange || revision !== undefined || requests === 'all') && this.#log.isLevelEnabled('info'))
        this.#log.info(this.#about(request, reply, revision), revision === undefined ? 'answered' : 'changed')
      return
    }
    const tells = isChange || requests === 'all' || isForTheOperator(status)
    if (tells && this.#log.isLevelEnabled('warn') && this.#mayTellRefusal())
      this.#log.warn(this.#about(request, reply, revision), 'refused')
  }

  /** What a door turns away before it comes to any route: a foreign Host header, or what is no request at all. */
  turnedAway({ request, connection, problem }: EarlyRefusal): void {
    if (this.#requests() === 'none' || !this.#log.isLevelEnabled('warn') || !this.#mayTellRefusal()) return
    const { code, status } = problem
    const asked =
      request === undefined
        ? {}
        : { door: doorOf(request), method: request.method, path: plainPath(request.url ?? '') }
    const from = connection instanceof Socket ? connection.remoteAddress : undefined
    this.#log.warn({ ...asked, from, status, code }, 'turned away')
  }

  #about(request: FastifyRequest, reply: FastifyReply, revision: unknown): Record<string, unknown> {
    const { raw, method } = request
    return {
      request: request.id,
      ...sourceOf(request),
      from: raw.socket.remoteAddress,
      method,
      route: request.routeOptions.url,
      path: plainPath(raw.url ?? ''),
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 100) / 100,
      ...(revision === undefined ? {} : { revision: Number(revision) }),
    }
  }

  #mayTellRefusal(): boolean {
    const now = this.#now()
    if (now - this.#second >= SECOND) {
      const left = this.#refusals - MOST_REFUSALS
      this.#second = now
      this.#refusals = 0
      if (left > 0) this.#log.warn({ refusals: left }, 'more refusals were not logged')
    }
    this.#refusals++
    return this.#refusals <= MOST_REFUSALS
  }
}

/** Refused for who asks, or turned away, or a fault: of reads these alone are worth a line. */
function isForTheOperator(status: number): boolean {
  return status === 401 || status === 403 || status === 421 || status === 429 || status >= 500
}

function sourceOf({ raw }: FastifyRequest): Record<string, unknown> {
  try {
    const { who, door, why } = originOf(raw)
    return { who: plain(who), door, ...(why === undefined ? {} : { why: plain(why) }) }
  } catch {
    // The request was refused for what it says of itself.
    return {}
  }
}

/** Without its query, which may hold what is nobody's business. */
function plainPath(url: string): string {
  return plain(withoutKeys(url.split('?', 1)[0] ?? '')).slice(0, LONGEST_PATH)
}

/** JSON escapes C0; what else a terminal may obey or hide goes here. */
function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => encodeURIComponent(character.toWellFormed()))
}
