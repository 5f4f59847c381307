import type { FastifyInstance } from 'fastify'
import { needsRead } from '../identity/route-needs.ts'
import { watchMethods } from '../v1/methods.ts'
import { EXPOSITION_TYPE, exposition } from './exposition.ts'
import type { Metrics } from './metrics.ts'
import { countersQuery, readCounters } from './query.ts'

/** The path that Prometheus asks for unless it is told another. */
export async function addMetrics(app: FastifyInstance, metrics: Metrics): Promise<void> {
  app.addHook('onClose', async () => metrics[Symbol.dispose]())
  await app.register(async (scope) => {
    const refuseOtherMethods = watchMethods(scope, '')
    scope.get<{ Querystring: { readonly counters?: string } }>(
      '/metrics',
      {
        config: needsRead,
        schema: {
          operationId: 'getMetrics',
          tags: ['daemon'],
          summary: 'What is to be seen of the daemon, for Prometheus',
          description:
            'Scrape it without counters often, and with them seldom: reading the packets and bytes of rules and sets takes time that grows with both.',
          querystring: countersQuery,
          response: {
            200: {
              description: 'The metrics in the text format of Prometheus.',
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
          },
        },
      },
      async ({ query }, reply) => {
        const samples = await metrics.collect(readCounters(query.counters))
        return reply.header('cache-control', 'no-store').type(EXPOSITION_TYPE).send(exposition(samples))
      },
    )
    refuseOtherMethods()
  })
}
