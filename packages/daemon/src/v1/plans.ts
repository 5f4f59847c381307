import {
  type DesiredInput,
  type Firewall,
  type GuardOptions,
  type Plan,
  PlanStaleError,
  renderPlan,
} from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { History } from '../history/history.ts'
import { applyPlan } from '../history/plan-changes.ts'
import { originOf, withRevision } from './origin.ts'
import { type DesiredQuery, desiredOf, tokenOf } from './plan-request.ts'
import { desiredBody, desiredQuery } from './plan-schemas.ts'
import { type JsonSchema, refusals } from './schemas.ts'

/** What the routes need of the library. */
export type PlanFirewall = Pick<
  Firewall,
  'plan' | 'planBack' | 'apply' | 'confirm' | 'revert' | 'probations' | 'decided'
>

export interface PlanSources {
  readonly firewall: PlanFirewall
  readonly history: History
  readonly onFault: (error: unknown, about: string) => void
}

interface ApplyQuery extends DesiredQuery {
  readonly expect?: string
  readonly confirmWithin?: string
  readonly force?: 'true' | 'false'
  readonly sender?: string
  readonly local?: string
  readonly port?: string
}

interface ProbationPath {
  readonly Params: { readonly id: string }
}

/** Bytes of a desired state: half a million rules. */
const DESIRED_LIMIT = 64 * 1024 ** 2

const applyQuery: Readonly<Record<string, JsonSchema>> = {
  ...desiredQuery,
  expect: {
    type: 'string',
    description: 'The token of the plan that was looked at: plan-stale where the plan is another by now.',
  },
  confirmWithin: {
    type: 'string',
    description: 'Such as 60s: the change is on probation, and is taken back unless it is confirmed in time.',
  },
  force: {
    type: 'string',
    enum: ['true', 'false'],
    description: 'Makes the change although it would shut out the sender or an allowed address.',
  },
  sender: { type: 'string', description: 'An address that must not be shut out.' },
  local: { type: 'string', description: 'The address of this host that the sender talks to.' },
  port: { type: 'string', pattern: '^[0-9]{1,5}$', description: 'The port that the sender talks to.' },
}

const params: JsonSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }

/** Plans for a desired state, and changes on probation. */
export async function planRoutes(app: FastifyInstance, sources: PlanSources): Promise<void> {
  const { firewall } = sources
  await app.register(async (plans) => {
    // Only here is a text the rules of a file.
    for (const type of ['text/plain', 'application/xml', 'text/xml'])
      plans.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body))
    const documented = {
      body: {
        content: {
          'application/json': { schema: desiredBody },
          'text/plain': { schema: { type: 'string', description: 'In any of the languages of rules.' } },
        },
      },
    }
    const serializerCompiler = () => (document: unknown) => jsonOf(document)

    plans.post<{ Body: DesiredInput | string; Querystring: DesiredQuery }>(
      '/plan',
      {
        bodyLimit: DESIRED_LIMIT,
        serializerCompiler,
        config: { documented },
        schema: {
          operationId: 'plan',
          tags: ['plans'],
          summary: 'What would have to change for the kernel to hold what is desired',
          description:
            'Nothing is changed. What is not named stays as it is, and so do the rules of others in a chain that is named.',
          body: desiredBody,
          querystring: { type: 'object', additionalProperties: false, properties: desiredQuery },
          response: { 200: { description: 'The plan.', $ref: 'Plan#' }, ...refusals },
        },
      },
      async ({ body, query }) => planDocument(await firewall.plan(await desiredOf(body, query))),
    )

    plans.post<{ Body: DesiredInput | string; Querystring: ApplyQuery }>(
      '/apply',
      {
        bodyLimit: DESIRED_LIMIT,
        serializerCompiler,
        config: { documented },
        schema: {
          operationId: 'apply',
          tags: ['plans'],
          summary: 'Make the kernel hold what is desired',
          description:
            'All of it or nothing, in one commit of the kernel for each table and family. Where nothing is to be done, nothing is written.',
          body: desiredBody,
          querystring: { type: 'object', additionalProperties: false, properties: applyQuery },
          response: { 200: { description: 'What was done.', $ref: 'Receipt#' }, ...refusals },
        },
      },
      async ({ body, query, raw }, reply) => {
        const plan = await firewall.plan(await desiredOf(body, query))
        const { expect, confirmWithin, force } = query
        if (expect !== undefined && expect !== tokenOf(plan)) throw new PlanStaleError(plan)
        const { applied, revision } = await applyPlan(sources, plan, originOf(raw), {
          force: force === 'true',
          guard: guardOf(query),
          ...(confirmWithin === undefined ? {} : { confirmWithin }),
        })
        const { commits, sets, duration, probation } = applied
        const onProbation = probation && { id: probation.id, deadline: probation.deadline.toISOString() }
        return withRevision(reply, revision).send({
          revision,
          commits,
          sets,
          duration,
          summary: plan.summary,
          probation: onProbation,
        })
      },
    )
  })

  app.get(
    '/probations',
    {
      schema: {
        operationId: 'listProbations',
        tags: ['plans'],
        summary: 'The changes that are on probation, whoever has made them',
        response: {
          200: {
            description: 'The changes.',
            type: 'object',
            required: ['probations'],
            additionalProperties: false,
            properties: { probations: { type: 'array', items: { $ref: 'Probation#' } } },
          },
          ...refusals,
        },
      },
    },
    async () => ({ probations: firewall.probations() }),
  )

  app.post<ProbationPath>(
    '/probations/:id/confirm',
    {
      schema: {
        operationId: 'confirm',
        tags: ['plans'],
        summary: 'Keep a change that is on probation',
        params,
        response: { 204: { description: 'The change stays.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { id } }, reply) => {
      await firewall.confirm(id)
      return reply.code(204).send()
    },
  )

  app.post<ProbationPath>(
    '/probations/:id/revert',
    {
      schema: {
        operationId: 'revert',
        tags: ['plans'],
        summary: 'Take a change back that is on probation',
        description: 'What others have done to the same chains and sets meanwhile stays.',
        params,
        response: {
          200: {
            description: 'It is taken back.',
            type: 'object',
            required: ['id', 'left'],
            additionalProperties: false,
            properties: {
              id: { type: 'string' },
              left: {
                type: 'array',
                items: { type: 'string' },
                description: 'What had to stay, in a sentence each.',
              },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params: { id } }) => {
      const { left } = await firewall.revert(id)
      return { id, left }
    },
  )
}

function planDocument(plan: Plan): unknown {
  return { token: tokenOf(plan), diff: renderPlan(plan), ...plan.toJSON() }
}

function guardOf({ sender, local, port }: ApplyQuery): GuardOptions {
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(local === undefined ? {} : { local }),
    ...(port === undefined ? {} : { ports: [Number(port)] }),
  }
}

/** Counters above 2^53 - 1 are decimal texts. */
function jsonOf(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
