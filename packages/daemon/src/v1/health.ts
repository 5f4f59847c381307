import type { FastifyInstance } from 'fastify'
import { needsNothing, needsRead } from '../identity/route-needs.ts'
import { metricDocuments } from '../metrics/exposition.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { countersQuery, readCounters } from '../metrics/query.ts'
import { type Check, checkNames } from '../metrics/readiness.ts'
import { PROBLEM_TYPE, problem } from '../problems.ts'
import { type JsonSchema, refusals } from './schemas.ts'

/** The named schemas of what is seen of the daemon. */
export const healthSchemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'Check',
    description: 'One thing that has to be so for the daemon to keep what it promises.',
    type: 'object',
    required: ['name', 'ok'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', enum: checkNames },
      ok: { type: 'boolean' },
      detail: { type: 'string', description: 'What is wrong.' },
    },
  },
  {
    $id: 'Metric',
    description: 'One metric, as Prometheus knows it.',
    type: 'object',
    required: ['name', 'type', 'help', 'samples'],
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      type: { type: 'string', enum: ['counter', 'gauge', 'histogram'] },
      help: { type: 'string' },
      samples: {
        type: 'array',
        items: {
          type: 'object',
          required: ['labels'],
          additionalProperties: false,
          properties: {
            labels: { type: 'object', additionalProperties: { type: 'string' } },
            value: { type: 'number', description: 'Of a counter or gauge.' },
            buckets: {
              type: 'array',
              description: 'Of a histogram: how many values were not above each bound.',
              items: {
                type: 'object',
                required: ['upTo', 'count'],
                additionalProperties: false,
                properties: { upTo: { type: 'number' }, count: { type: 'integer', minimum: 0 } },
              },
            },
            sum: { type: 'number', description: 'Of a histogram: of all values.' },
            count: {
              type: 'integer',
              minimum: 0,
              description: 'Of a histogram: how many values there were.',
            },
          },
        },
      },
    },
  },
]

const checks: JsonSchema = { type: 'array', items: { $ref: 'Check#' } }

/** Whether the daemon lives, whether it keeps what it promises, and what is to be seen of it. */
export function healthRoutes(app: FastifyInstance, metrics: Metrics): void {
  app.get(
    '/health',
    {
      config: needsNothing,
      schema: {
        operationId: 'getHealth',
        tags: ['daemon'],
        summary: 'Whether the daemon lives',
        description: 'An answer says it all. What restarts a daemon that hangs asks here.',
        response: {
          200: {
            description: 'It does.',
            type: 'object',
            required: ['alive'],
            additionalProperties: false,
            properties: { alive: { type: 'boolean', const: true } },
          },
          ...refusals,
        },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ alive: true }),
  )

  app.get(
    '/ready',
    {
      config: needsRead,
      schema: {
        operationId: 'getReadiness',
        tags: ['daemon'],
        summary: 'Whether the daemon keeps what it promises',
        description:
          'It does when the state is restored, the kernel answers, the store takes changes, and the kernel holds what it should. What steers requests to a daemon, or alerts somebody, asks here.',
        response: {
          200: {
            description: 'It does.',
            type: 'object',
            required: ['checks'],
            additionalProperties: false,
            properties: { checks },
          },
          ...refusals,
          503: {
            description: 'It does not: `detail` says why, and `checks` one by one.',
            content: {
              [PROBLEM_TYPE]: {
                schema: {
                  type: 'object',
                  required: ['type', 'title', 'status', 'detail', 'code', 'checks'],
                  additionalProperties: false,
                  properties: {
                    type: { type: 'string' },
                    title: { type: 'string' },
                    status: { type: 'integer' },
                    detail: { type: 'string' },
                    code: { type: 'string' },
                    checks,
                  },
                },
              },
            },
          },
        },
      },
    },
    async (_request, reply) => {
      const found = await metrics.readiness.checks()
      reply.header('cache-control', 'no-store')
      const wrong = wrongIn(found)
      if (wrong.length === 0) return reply.send({ checks: found })
      const refusal = problem('not-ready', wrong.join(' '))
      return reply
        .code(503)
        .type(PROBLEM_TYPE)
        .send({ ...refusal, checks: found })
    },
  )

  app.get<{ Querystring: { readonly counters?: string } }>(
    '/metrics',
    {
      config: needsRead,
      schema: {
        operationId: 'listMetrics',
        tags: ['daemon'],
        summary: 'What is to be seen of the daemon, as JSON',
        description: 'The same as /metrics has for Prometheus.',
        querystring: countersQuery,
        response: {
          200: {
            description: 'The metrics.',
            type: 'object',
            required: ['metrics'],
            additionalProperties: false,
            properties: { metrics: { type: 'array', items: { $ref: 'Metric#' } } },
          },
          ...refusals,
        },
      },
    },
    async ({ query }) => ({ metrics: metricDocuments(await metrics.collect(readCounters(query.counters))) }),
  )
}

/** What is wrong, a sentence each. */
export function wrongIn(found: readonly Check[]): string[] {
  return found.flatMap(({ ok, name, detail = `The check ${name} fails.` }) => (ok ? [] : [detail]))
}
