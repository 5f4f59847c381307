import { ChainmailError } from 'chainmail'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { addAudit } from './audit/hooks.ts'
import { addDocs } from './docs/plugin.ts'
import { codeOf, DaemonError } from './errors.ts'
import { addIdentity, type IdentitySources } from './identity/identity.ts'
import { TooMany } from './identity/too-many.ts'
import { addBackPressure } from './load/hooks.ts'
import type { LoadLimits } from './load/limits.ts'
import { REQUEST_ID_HEADER, requestIds } from './log/request-id.ts'
import type { RequestLog } from './log/request-log.ts'
import { addMetrics } from './metrics/plugin.ts'
import { addOpenApi } from './openapi.ts'
import { PROBLEM_TYPE, problemOf, routeNotFound } from './problems.ts'
import { addRfw, type RfwSources } from './rfw/plugin.ts'
import { addV1, type V1Sources } from './v1/plugin.ts'

export interface ServerSources extends V1Sources {
  readonly rfw: Omit<RfwSources, 'log'>
  readonly requestLog: RequestLog
  readonly identity: IdentitySources
  readonly load: Pick<LoadLimits, 'changes' | 'wait'>
}

/** Bytes. */
const BODY_LIMIT = 1024 * 1024
/** Characters of one part of a path. */
const PARAMETER_LIMIT = 512

const TOO_LARGE = 'FST_ERR_CTP_BODY_TOO_LARGE'

/**
 * The daemon's routes. They listen nowhere: doors hand requests to `routing`, tests to `inject`.
 */
export async function buildServer({
  rfw,
  requestLog,
  identity,
  load,
  ...sources
}: ServerSources): Promise<FastifyInstance> {
  const { log } = sources
  const app = Fastify({
    // A child logger for each request costs more than a ban does; what matters is logged by its own words.
    logger: false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: requestIds(),
    // What is not in the schema is refused, not dropped, and a text is not taken for a number.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false, allowUnionTypes: true },
    },
    schemaErrorFormatter: ([fault], where) => badRequest(fault, where),
    // The schemas of answers are for the document. Compiled, each of them takes the schemas of all along: seconds at each
    // start, for nothing that JSON.stringify does not do as fast.
    schemaController: {
      compilersFactory: { buildSerializer: () => () => (document) => JSON.stringify(document) },
    },
    frameworkErrors: (error, request, reply) => {
      refuse(reply, error)
      sources.audit.requests.refused({
        request: request.raw,
        connection: request.raw.socket,
        problem: problemOf(error),
      })
    },
  })

  function refuse(reply: FastifyReply, error: unknown): void {
    const refusal = problemOf(error)
    if (refusal.status >= 500) {
      const { id, method, routeOptions } = reply.request
      log.error({ err: error, request: id, method, route: routeOptions.url }, refusal.detail)
    }
    // Of what is no request yet, no hook has been called.
    reply.header(REQUEST_ID_HEADER, reply.request.id)
    if (error instanceof TooMany) reply.header('retry-after', String(error.seconds))
    reply.code(refusal.status).type(PROBLEM_TYPE).send(refusal)
  }

  app.setErrorHandler((error, request, reply) => {
    const { raw, routeOptions } = request
    if (!raw.complete) {
      // Who is still sending would see the end of the connection that Fastify wants, and not the answer.
      reply.removeHeader('connection')
      raw.resume()
    }
    refuse(reply, codeOf(error) === TOO_LARGE ? tooLarge(routeOptions.bodyLimit) : error)
  })
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request.method, request.url)
  })
  readJson(app)
  requestLog.watch(app)
  sources.metrics.requests.watch(app)
  addAudit(app, sources.audit)
  addIdentity(app, identity)
  addBackPressure(app, load)
  addOpenApi(app, sources.version)
  await addV1(app, sources)
  await addRfw(app, { ...rfw, log })
  await addMetrics(app, sources.metrics)
  await addDocs(app)
  await app.ready()
  return app
}

function tooLarge(limit: number): DaemonError {
  return new DaemonError(
    'body-too-large',
    `The body of this request may have ${limit} bytes: send it in parts, or many bans and entries as a stream of NDJSON.`,
  )
}

/** JSON alone is read. No body at all is no body, whatever the header says of its type. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}

/** Ajv's first complaint as a sentence, with the path of the member at fault. */
function badRequest(
  fault:
    | { instancePath: string; keyword: string; params: Record<string, unknown>; message?: string }
    | undefined,
  where: string,
): ChainmailError {
  const members = (fault?.instancePath ?? '').split('/').slice(1)
  if (fault?.keyword === 'additionalProperties') {
    const surplus = String(fault.params.additionalProperty).slice(0, 60)
    return new ChainmailError('bad-request', `${JSON.stringify(surplus)} is not a member of the ${where}.`, {
      path: [...members, surplus].join('.'),
    })
  }
  const subject = members.length === 0 ? `The ${where}` : members.join('.')
  return new ChainmailError('bad-request', `${subject} ${complaint(fault)}.`, {
    path: members.join('.') || where,
  })
}

function complaint(
  fault: { keyword: string; params: Record<string, unknown>; message?: string } | undefined,
): string {
  if (fault?.keyword === 'type') return `has to be of the type ${[fault.params.type].flat().join(' or ')}`
  if (fault?.keyword === 'enum') return `has to be one of ${[fault.params.allowedValues].flat().join(', ')}`
  if (fault?.keyword === 'maxLength') return `has more than ${fault.params.limit} characters`
  return fault?.message ?? 'is not as it should be'
}
