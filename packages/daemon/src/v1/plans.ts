import { changesOf, type DesiredInput, type Firewall, type Plan, PlanStaleError, renderPlan } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DaemonError } from '../errors.ts'
import type { History } from '../history/history.ts'
import { type AppliedStates, applyLatest, applyPlan } from '../history/plan-changes.ts'
import type { ProbationDecisions } from '../history/probation-decisions.ts'
import type { Need } from '../identity/needs.ts'
import { needsRead } from '../identity/route-needs.ts'
import { desiredNeeds, touchedNeed } from '../identity/rule-needs.ts'
import { ruleConditions } from './chains.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { type DesiredQuery, desiredOf, tokenOf } from './plan-request.ts'
import { desiredBody, desiredQuery } from './plan-schemas.ts'
import { probationDocument, safetyOf, withProbation } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf, withVersion } from './terms.ts'

/** What the routes need of the library. */
export type PlanFirewall = Pick<
  Firewall,
  'plan' | 'planBack' | 'apply' | 'spelling' | 'rehearse' | 'confirm' | 'revert' | 'probations'
>

export interface PlanSources {
  readonly firewall: PlanFirewall
  readonly history: History
  /** Keeps what plans have made, where that is to last. */
  readonly applied?: AppliedStates | undefined
  readonly decisions: Pick<ProbationDecisions, 'hold' | 'watch' | 'settled'>
}

interface ApplyQuery extends DesiredQuery {
  readonly expect?: string
  readonly force?: 'true' | 'false'
}

interface ApplyRequest {
  readonly Body: DesiredInput | string
  readonly Querystring: ApplyQuery
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
}

const params: JsonSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }

/** Plans for a desired state, and changes on probation. */
export async function planRoutes(app: FastifyInstance, sources: PlanSources): Promise<void> {
  const { firewall, history, decisions } = sources
  const applyNeeds = async ({ body, query }: FastifyRequest<ApplyRequest>): Promise<readonly Need[]> =>
    desiredNeeds(await desiredOf(body, query, firewall.spelling), query.force === 'true')
  const probationNeeds = ({ params: { id } }: FastifyRequest<ProbationPath>): readonly Need[] => {
    const pending = firewall.probations().find((one) => one.id === id)
    const revisions = history.probations.of(id)
    if (pending === undefined && revisions.length === 0) return []
    const touches = pending?.touches ?? []
    if (touches.length > 0 && revisions.every((number) => isOfEdits(number, history)))
      return [touchedNeed(touches)]
    return [{ kind: 'everything', of: 'what is on probation' }]
  }

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
        config: { ...needsRead, documented },
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
      async ({ body, query }, reply) => {
        const plan = await firewall.plan(await desiredOf(body, query, firewall.spelling))
        return withVersion(reply, tokenOf(plan)).send(planDocument(plan))
      },
    )

    plans.post<{ Body: DesiredInput | string; Querystring: ApplyQuery }>(
      '/apply',
      {
        bodyLimit: DESIRED_LIMIT,
        serializerCompiler,
        config: { ...ruleConditions, needs: { kind: 'edit', exactly: applyNeeds }, documented },
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
      async (request, reply) => {
        const { body, query, raw } = request
        const terms = termsOf(request)
        const plan = await firewall.plan(await desiredOf(body, query, firewall.spelling))
        const { expect, force } = query
        const { guard, confirmWithin } = safetyOf(request)
        terms.check(tokenOf(plan))
        if (expect !== undefined && expect !== tokenOf(plan)) throw new PlanStaleError(plan)
        const options = {
          force: force === 'true',
          ...(guard === undefined ? {} : { guard }),
          ...(confirmWithin === undefined ? {} : { confirmWithin }),
        }
        if (terms.dryRun) {
          await firewall.rehearse(plan, options)
          return sendDryRun(reply, 'plan', changesOf(plan), { plan: planDocument(plan) })
        }
        const isSeen = expect !== undefined || terms.isConditional
        const apply = isSeen ? applyPlan : applyLatest
        const { plan: made, applied, revision } = await apply(sources, plan, originOf(raw), options)
        const { commits, sets, duration, probation } = applied
        return withRevision(withProbation(reply, probation), revision).send({
          revision,
          commits,
          sets,
          duration,
          summary: made.summary,
          probation: probationDocument(probation),
        })
      },
    )
  })

  app.get(
    '/probations',
    {
      config: needsRead,
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
      config: { needs: { kind: 'edit', exactly: probationNeeds } },
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
      await decisions.settled(id)
      return reply.code(204).send()
    },
  )

  app.post<ProbationPath>(
    '/probations/:id/revert',
    {
      config: { needs: { kind: 'edit', exactly: probationNeeds } },
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
      await decisions.settled(id)
      return { id, left }
    },
  )
}

/** Whether who may edit could have made a revision: the allowlist and rfw's entries take more, and are in no touches. */
function isOfEdits(number: number, history: History): boolean {
  try {
    const { allowlist, rfw } = history.get(number).operations
    return allowlist === undefined && rfw === undefined
  } catch (error) {
    // It is forgotten, or not yet on the disk.
    if (error instanceof DaemonError) return false
    throw error
  }
}

function planDocument(plan: Plan): unknown {
  return { token: tokenOf(plan), diff: renderPlan(plan), ...plan.toJSON() }
}

/** Counters above 2^53 - 1 are decimal texts. */
function jsonOf(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
