import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Door, doorOf, type EarlyRefusal } from '../doors/http-server.ts'
import { peerOf } from '../doors/peer.ts'
import { KEY_HEADER, REPLAYED_HEADER } from '../idempotency/key.ts'
import { callerOf } from '../identity/caller.ts'
import { withoutKeys } from '../identity/credential-text.ts'
import { REVISION_HEADER } from '../v1/origin.ts'
import type { AuditLog } from './audit-log.ts'
import { linesOf } from './line-tally.ts'
import type { AuditedCaller, RequestRecord } from './record.ts'
import { EACH_OF_KNOWN, Refusals } from './refusals.ts'
import type { UnderWay } from './under-way.ts'

/** What is known of a request that has come to its handler. */
export interface Audited {
  /** Where it is written down as being under way. */
  slot: number | undefined
  isRecorded: boolean
}

/** Methods of requests that may change something. */
export const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request of another method may change something all the same. */
    readonly alsoChanges?: (request: FastifyRequest) => boolean
  }
}

/** Whether a request may change something. */
export function isChange(request: FastifyRequest): boolean {
  return changing.has(request.method) || request.routeOptions.config.alsoChanges?.(request) === true
}

/** Answers that are recorded whatever the method: somebody was not let in. */
const turnedAway: ReadonlySet<number> = new Set([401, 403, 421, 429])

/** Status and code of what is refused under load. */
const TOO_BUSY = '429 too-busy'

/** Characters. */
const LONGEST_PATH = 512
const LONGEST_NAME = 200

/** `type` is the first member of every problem. */
const PROBLEM = /^\{"type":"\/v1\/problems\/([a-z0-9-]{1,60})"/

/** Makes the records of requests. */
export class AuditedRequests {
  readonly #log: Pick<AuditLog, 'append' | 'whenWritten'>
  readonly #underWay: UnderWay
  readonly #refusals = new Refusals()

  constructor(log: Pick<AuditLog, 'append' | 'whenWritten'>, underWay: UnderWay) {
    this.#log = log
    this.#underWay = underWay
  }

  /** Writes a request down before it changes the kernel. */
  begin(request: FastifyRequest): number | undefined {
    if (request.routeOptions.config.isStored === true) return undefined
    const { method, raw } = request
    const began = new Date().toISOString()
    return this.#underWay.begin(
      JSON.stringify({ ...callerIn(raw), method, path: pathOf(request, true), began }),
    )
  }

  /** @returns whether it has a record, which is written before long */
  record(request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
    const { method, raw, audited } = request
    if (audited?.isRecorded === true) return false
    if (audited !== undefined) audited.isRecorded = true
    const { statusCode: status } = reply
    const revision = reply.getHeader(REVISION_HEADER)
    if (revision === undefined && !turnedAway.has(status) && !isChange(request)) return false
    const code = status >= 400 && typeof payload === 'string' ? PROBLEM.exec(payload)?.[1] : undefined
    if (code === 'audit-failed') return false
    const caller = callerIn(raw)
    const { who, door, address, peer } = caller
    const isRefused = status >= 400 && revision === undefined
    const unrecorded = isRefused ? this.#admit(raw, caller, `${status} ${code}`) : 0
    if (unrecorded === undefined) {
      if (audited?.slot !== undefined) this.#underWay.end(audited.slot)
      return false
    }
    const record: RequestRecord = {
      kind: 'request',
      who,
      door,
      address,
      peer,
      method,
      path: pathOf(request, audited !== undefined && code !== 'bad-request'),
      status,
      code,
      revision: typeof revision === 'string' ? Number(revision) : undefined,
      replayed: isKeyed(raw) && reply.hasHeader(REPLAYED_HEADER) ? true : undefined,
      lines: linesOf(raw),
      unrecorded: unrecorded === 0 ? undefined : unrecorded,
      request: request.id,
    }
    this.#log.append(record)
    if (audited?.slot !== undefined) {
      const { slot } = audited
      audited.slot = undefined
      this.#log.whenWritten(() => this.#underWay.end(slot))
    }
    return true
  }

  /** Records what was refused before it came to any route. */
  refused({ request, connection, problem: { status, code } }: EarlyRefusal): void {
    const caller: AuditedCaller =
      request === undefined
        ? { who: 'nobody', door: doorOfConnection(connection), ...addressOf(connection) }
        : callerIn(request)
    const unrecorded = this.#refusals.admit(`${caller.address ?? caller.door} ${status} ${code}`, Date.now())
    if (unrecorded === undefined) return
    this.#log.append({
      kind: 'request',
      ...caller,
      method: request?.method ?? '?',
      path: request === undefined ? '?' : plainPath(request.url ?? ''),
      status,
      code,
      unrecorded: unrecorded === 0 ? undefined : unrecorded,
    })
  }

  /**
   * Whoever may everything has each of his refusals recorded, but for those that come by the thousand and say nothing of
   * him: he can fill the log with changes anyway. Others who are known have room of their own, and who is not shares it.
   */
  #admit(request: IncomingMessage, caller: AuditedCaller, what: string): number | undefined {
    const known = callerOf(request)
    if (known?.by !== undefined && what !== TOO_BUSY) {
      if (known.permissions.everything === true) return 0
      return this.#refusals.admit(`${known.name} by ${known.by} ${what}`, Date.now(), EACH_OF_KNOWN)
    }
    return this.#refusals.admit(`${caller.address ?? caller.door} ${what}`, Date.now())
  }
}

function isKeyed({ headers }: IncomingMessage): boolean {
  return headers[KEY_HEADER] !== undefined
}

/** Who sends a request, and from where. */
function callerIn(request: IncomingMessage): AuditedCaller {
  const door = doorOf(request)
  const who = (callerOf(request)?.name ?? door).slice(0, LONGEST_NAME)
  if (door === 'socket') {
    const peer = peerOf(request)
    return peer === undefined ? { who, door } : { who, door, peer }
  }
  return { who, door, ...addressOf(request.socket) }
}

function addressOf(connection: Duplex): { readonly address?: string } {
  const address = 'remoteAddress' in connection ? connection.remoteAddress : undefined
  return typeof address === 'string' ? { address } : {}
}

function doorOfConnection(connection: Duplex): Door {
  if (connection instanceof TLSSocket) return 'https'
  return addressOf(connection).address === undefined ? 'socket' : 'loopback'
}

/** What a query says is only kept where its members are known: a caller may put anything into it, a secret too. */
function pathOf(request: FastifyRequest, isValid: boolean): string {
  const { url = '' } = request.raw
  // To look at the route makes an object.
  const isKnown = isValid && url.includes('?') && request.routeOptions.schema?.querystring !== undefined
  return isKnown ? withoutKeys(url).slice(0, LONGEST_PATH) : plainPath(url)
}

function plainPath(url: string): string {
  const end = url.indexOf('?')
  return withoutKeys(end === -1 ? url : url.slice(0, end)).slice(0, LONGEST_PATH)
}
