import type { GuardOptions, Probation } from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { SocketRequest } from '../doors/http-server.ts'
import { demandOf } from '../identity/caller.ts'
import { plainAddress } from './asker.ts'
import type { JsonSchema } from './schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The change is refused where it would shut out who sends it, or somebody else: `?force=true` is the way past that. */
    readonly guarded?: true
    /** The change can be on probation: `?confirmWithin=60s`. */
    readonly confirmable?: true
    /** Ports of the daemon's own that are reachable from outside. */
    readonly services?: readonly number[]
  }
}

/** In answers. */
export const onProbation: JsonSchema = {
  description: 'Absent where the change stays.',
  type: 'object',
  required: ['id', 'deadline'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', examples: ['k3f9x2'] },
    deadline: { type: 'string', format: 'date-time', description: 'When it is taken back.' },
  },
}

/** The answer to a change on probation that has no other one. */
const changeOnProbation: JsonSchema = {
  description: 'The change is on probation.',
  type: 'object',
  required: ['probation'],
  additionalProperties: false,
  properties: {
    revision: { type: 'integer', minimum: 1, description: 'The number of this change in the history.' },
    probation: onProbation,
  },
}

export interface ProbationDocument {
  readonly id: string
  readonly deadline: string
}

/** How a change is kept from doing harm. */
export interface Safety {
  /** Whom it must not shut out; undefined where it is forced, or on probation for somebody who may do everything. */
  readonly guard: GuardOptions | undefined
  /** A duration: the change is taken back unless it is confirmed. */
  readonly confirmWithin: string | undefined
}

/** Of answers: the id of the probation that the change is on. */
export const PROBATION_HEADER = 'chainmail-probation'

const guardedMembers: Readonly<Record<string, JsonSchema>> = {
  force: {
    type: 'string',
    enum: ['true', 'false'],
    description: 'Makes the change although it would shut out the sender, an allowed address or this daemon.',
  },
  sender: {
    type: 'string',
    description: 'An address that must not be shut out, beside the one that the request comes from.',
  },
  local: { type: 'string', description: 'The address of this host that the sender talks to.' },
  port: { type: 'string', pattern: '^[0-9]{1,5}$', description: 'The port that the sender talks to.' },
}

const confirmableMembers: Readonly<Record<string, JsonSchema>> = {
  confirmWithin: {
    type: 'string',
    description: `Such as 60s: the change is on probation, and is taken back unless it is confirmed in time. The answer's header ${PROBATION_HEADER} names it.`,
  },
}

/** Describes what the routes below have in common that are `guarded` and `confirmable`. */
export function addSafety(app: FastifyInstance, services: readonly number[] = []): void {
  app.addHook('onRoute', (route) => describeSafety(route, services))
}

function describeSafety(route: RouteOptions, services: readonly number[]): void {
  const { schema, config = {} } = route
  if (config.guarded !== true && config.confirmable !== true) return
  route.config = { ...config, services }
  const query = { type: 'object', additionalProperties: false, ...recordOf(schema?.querystring) }
  const properties = recordOf('properties' in query ? query.properties : {})
  const response = recordOf(schema?.response)
  const isEmpty = config.confirmable === true && response[204] !== undefined
  route.schema = {
    ...schema,
    response: isEmpty ? { ...response, 200: changeOnProbation } : response,
    querystring: {
      ...query,
      properties: {
        ...properties,
        ...(config.guarded === true ? guardedMembers : {}),
        ...(config.confirmable === true ? confirmableMembers : {}),
      },
    },
  }
}

/** @throws DaemonError where the caller may not force anything */
export function safetyOf({ query, raw, routeOptions }: FastifyRequest): Safety {
  const { force, sender, local, port, confirmWithin } = textsOf(query)
  const isForced = force === 'true'
  if (isForced) demandOf(raw)?.({ kind: 'everything', of: 'force' })
  // Who may not force anything may not do the same by confirming it himself.
  const alsoOnProbation = demandOf(raw) !== undefined
  if (isForced || (confirmWithin !== undefined && !alsoOnProbation))
    return { guard: undefined, confirmWithin }
  const { services = [] } = routeOptions.config
  const { remoteAddress, localAddress, localPort } = raw.socket
  const remote = raw instanceof SocketRequest ? undefined : plainAddress(remoteAddress)
  if (remote !== undefined) {
    const ports = localPort === undefined ? [] : [localPort]
    return {
      guard: { sender: remote, local: plainAddress(localAddress), ports, services, alsoOnProbation },
      confirmWithin,
    }
  }
  const ports = port === undefined ? [] : [Number(port)]
  return { guard: { sender, local, ports, services, alsoOnProbation }, confirmWithin }
}

/** The duration within which a change has to be confirmed, of routes whose change shuts nobody out. */
export function confirmWithinOf({ query }: FastifyRequest): string | undefined {
  if (typeof query !== 'object' || query === null || !('confirmWithin' in query)) return undefined
  return typeof query.confirmWithin === 'string' ? query.confirmWithin : undefined
}

/** Tells the id of the probation in the header of the answer. */
export function withProbation(reply: FastifyReply, probation: Probation | undefined): FastifyReply {
  return probation === undefined ? reply : reply.header(PROBATION_HEADER, probation.id)
}

/** As answers tell it. */
export function probationDocument(probation: Probation | undefined): ProbationDocument | undefined {
  return probation && { id: probation.id, deadline: probation.deadline.toISOString() }
}

function textsOf(query: unknown): Readonly<Record<string, string | undefined>> {
  const given = Object.entries(recordOf(query))
  return Object.fromEntries(
    given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
