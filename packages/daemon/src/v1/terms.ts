import { ChainmailError } from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { DaemonError } from '../errors.ts'
import type { JsonSchema } from './schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route can tell what it would change without changing it: `?dryRun=true`. */
    readonly dryRun?: true
    /** The route heeds If-Match and If-None-Match: it compares the version of what it changes. */
    readonly conditional?: true
  }
}

/** On which terms a request wants its change made. */
export interface Terms {
  /** Only tell what would change. */
  readonly dryRun: boolean
  /** Whether a condition has to hold. */
  readonly isConditional: boolean
  /**
   * @param version of what is to be changed; undefined where it is not there
   * @throws DaemonError `changed-meanwhile`
   */
  check(version: string | undefined): void
}

const dryRunMember: JsonSchema = {
  type: 'string',
  enum: ['true', 'false'],
  description: 'With `true` nothing is changed: the answer tells what would be, or the same refusal.',
}

const ifMatch: JsonSchema = {
  type: 'string',
  description:
    'The ETag that was read: where it is another by now, the answer is 412 changed-meanwhile and nothing is done.',
}

const ifNoneMatch: JsonSchema = { type: 'string', description: '`*`: only where there is nothing yet.' }

const etag: JsonSchema = {
  description: 'The version of what was read, without what packets have counted and what time is left.',
  schema: { type: 'string' },
}

/**
 * What all routes below have in common: a query that is not described is refused, so that no dry run is taken for a change; an
 * answer that the caller has already is not sent again; and a condition that a route does not heed is refused.
 */
export function addTerms(app: FastifyInstance): void {
  app.addHook('onRoute', describeTerms)
  app.addHook('preHandler', (request, _reply, done) => {
    const { headers, method } = request
    const name = headers['if-match'] === undefined ? 'if-none-match' : 'if-match'
    // To look at the route makes an object.
    if (headers[name] === undefined || isLook(method) || request.routeOptions.config.conditional === true)
      done()
    else
      done(
        new ChainmailError('bad-request', `This request heeds no ${name}: leave the header out.`, {
          path: name,
        }),
      )
  })
  app.addHook('onSend', ({ headers, method }, reply, payload, done) => {
    const known = headers['if-none-match']
    const version = known === undefined || !isLook(method) ? undefined : reply.getHeader('etag')
    if (known === undefined || typeof version !== 'string' || reply.statusCode !== 200) done(null, payload)
    else if (!matches(known, version)) done(null, payload)
    else {
      reply.code(304).removeHeader('content-type').removeHeader('content-length')
      done(null, null)
    }
  })
}

function describeTerms(route: RouteOptions): void {
  const { schema, config, method } = route
  if (schema === undefined || schema.hide === true) return
  const query = { type: 'object', additionalProperties: false, ...recordOf(schema.querystring) }
  const properties = recordOf('properties' in query ? query.properties : {})
  const dryRun = config?.dryRun === true
  route.schema = {
    ...schema,
    querystring: { ...query, properties: dryRun ? { ...properties, dryRun: dryRunMember } : properties },
    ...(config?.conditional === true && !isLook(String(method))
      ? { headers: conditionHeaders(schema.headers) }
      : {}),
    response: dryRun
      ? { ...recordOf(schema.response), 200: withDryRun(recordOf(schema.response)[200]) }
      : config?.conditional === true && isLook(String(method))
        ? withVersions(recordOf(schema.response))
        : schema.response,
  }
}

function conditionHeaders(headers: unknown): JsonSchema {
  const known = recordOf(headers)
  const properties = { ...recordOf(known.properties), 'if-match': ifMatch, 'if-none-match': ifNoneMatch }
  return { type: 'object', ...known, properties }
}

function withVersions(response: JsonSchema): JsonSchema {
  return {
    ...response,
    200: { ...recordOf(response[200]), headers: { etag } },
    304: { description: 'The caller has it: If-None-Match named its version.', type: 'null' },
  }
}

/** The answer of a route that answers with 200, or of a dry run. */
function withDryRun(answer: unknown): JsonSchema {
  if (answer === undefined) return { description: 'Of a dry run: what would change.', $ref: 'DryRun#' }
  const { description, content, ...schema } = recordOf(answer)
  // A stream of results tells of a dry run in its summary.
  if (content !== undefined) return recordOf(answer)
  return { description, anyOf: [schema, { $ref: 'DryRun#' }] }
}

const unconditional: Terms = { dryRun: false, isConditional: false, check: () => undefined }
const unconditionalDryRun: Terms = { ...unconditional, dryRun: true }

/** @throws DaemonError when what `check` is told does not fit */
export function termsOf({ headers, query }: FastifyRequest): Terms {
  const wanted = headers['if-match']
  const unwanted = headers['if-none-match']
  const dryRun = typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true'
  if (wanted === undefined && unwanted === undefined) return dryRun ? unconditionalDryRun : unconditional
  return {
    dryRun,
    isConditional: true,
    check(version) {
      const quoted = version === undefined ? undefined : `"${version}"`
      if (wanted !== undefined && (quoted === undefined || !matches(wanted, quoted))) throw changed(quoted)
      if (unwanted !== undefined && quoted !== undefined && matches(unwanted, quoted)) throw changed(quoted)
    },
  }
}

/** Whether a change is made as it is asked for, without a condition and for good. */
export function isPlain({ dryRun, isConditional }: Terms): boolean {
  return !dryRun && !isConditional
}

/** Tells the version of what is answered. */
export function withVersion(reply: FastifyReply, version: string | undefined): FastifyReply {
  return version === undefined ? reply : reply.header('etag', `"${version}"`)
}

/** RFC 9110, 8.8.3 and 13.1: quoted, in a list, or `*` for whatever there is. Weak ones are none of ours. */
function matches(header: string, version: string): boolean {
  return header.trim() === '*' || header.split(',').some((one) => one.trim() === version)
}

function changed(version: string | undefined): DaemonError {
  const now = version === undefined ? 'There is none' : `The version is ${version} now`
  return new DaemonError(
    'changed-meanwhile',
    `${now}, which is not what the request wants to change: read it again. Nothing was done.`,
  )
}

function isLook(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
