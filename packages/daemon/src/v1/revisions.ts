import { ChainmailError } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { differenceOf } from '../history/difference.ts'
import type { History } from '../history/history.ts'
import type { Rollback } from '../history/rollback.ts'
import { type VerifyDoors, verify } from '../history/verify.ts'
import { needsEverything, needsRead } from '../identity/route-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { differenceDocument, headDocument, revisionDocument } from './revision-documents.ts'
import { probationDocument, safetyOf, withProbation } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf } from './terms.ts'

export interface RevisionSources {
  readonly history: History
  readonly rollback: Rollback
  readonly verifyDoors: VerifyDoors
}

interface NumberPath {
  readonly Params: { readonly number: string }
}

interface PageQuery {
  readonly before?: string
  readonly after?: string
  readonly limit?: string
}

/** Revisions of a page. */
const PAGE = 100
const LARGEST_PAGE = 1_000

const number: JsonSchema = { type: 'string', description: 'Of a revision.' }

const params: JsonSchema = { type: 'object', required: ['number'], properties: { number } }

const pageQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    before: { ...number, description: 'Only revisions with lower numbers, the newest first.' },
    after: { ...number, description: 'Only revisions with higher numbers, the oldest first.' },
    limit: {
      type: 'string',
      description: `How many at most, 1 to ${LARGEST_PAGE}; ${PAGE} when it is absent.`,
    },
  },
}

/** The history: every change that was made through the daemon. */
export function revisionRoutes(
  app: FastifyInstance,
  { history, rollback, verifyDoors }: RevisionSources,
): void {
  app.get<{ Querystring: PageQuery }>(
    '/revisions',
    {
      config: needsRead,
      schema: {
        operationId: 'listRevisions',
        tags: ['history'],
        summary: 'The changes that were made, the newest first',
        querystring: pageQuery,
        response: {
          200: {
            description: 'A page of them.',
            type: 'object',
            required: ['revisions', 'latest', 'oldest'],
            additionalProperties: false,
            properties: {
              revisions: { type: 'array', items: { $ref: 'RevisionHead#' } },
              latest: { type: 'integer', minimum: 0, description: '0 where there is none yet.' },
              oldest: { type: 'integer', minimum: 1, description: 'The oldest one that is still kept.' },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ query: { before, after, limit } }) => {
      const most = Math.min(LARGEST_PAGE, limit === undefined ? PAGE : Math.max(1, numberOf(limit, 'limit')))
      const heads =
        after === undefined
          ? history.before(before === undefined ? Number.MAX_SAFE_INTEGER : numberOf(before, 'before'), most)
          : history.behind(numberOf(after, 'after'), most)
      return { revisions: heads.map(headDocument), latest: history.published, oldest: history.oldest }
    },
  )

  app.get<NumberPath>(
    '/revisions/:number',
    {
      config: needsRead,
      schema: {
        operationId: 'getRevision',
        tags: ['history'],
        summary: 'A change with its operations',
        params,
        response: { 200: { description: 'The revision.', $ref: 'Revision#' }, ...refusals },
      },
    },
    async ({ params: { number } }) => revisionDocument(history.get(numberOf(number))),
  )

  app.get<{ Params: { readonly number: string; readonly other: string } }>(
    '/revisions/:number/diff/:other',
    {
      config: needsRead,
      schema: {
        operationId: 'diffRevisions',
        tags: ['history'],
        summary: 'What has changed from one revision to another',
        params: { ...params, required: ['number', 'other'], properties: { number, other: number } },
        response: { 200: { description: 'The difference.', $ref: 'RevisionDifference#' }, ...refusals },
      },
    },
    async ({ params }) => {
      const [from, to] = [numberOf(params.number), numberOf(params.other, 'other')]
      if (from > to)
        throw new ChainmailError(
          'bad-request',
          `Name the older revision first: /revisions/${to}/diff/${from}.`,
          {
            path: 'other',
          },
        )
      const operations = Array.from(history.since(from, to), (revision) => revision.operations)
      return differenceDocument(from, to, differenceOf(operations.toReversed()))
    },
  )

  app.get<NumberPath>(
    '/revisions/:number/verify',
    {
      config: needsRead,
      schema: {
        operationId: 'verifyRevision',
        tags: ['history'],
        summary: 'Whether what a revision has made is so now',
        description:
          'The kernel is read back. What a later revision, or another program, has changed since, and bans that have run out, is told too, as far as it differs.',
        params,
        response: {
          200: {
            description: 'What was found.',
            type: 'object',
            required: ['holds', 'differences', 'unchecked'],
            additionalProperties: false,
            properties: {
              holds: { type: 'boolean' },
              differences: { type: 'array', items: { type: 'string' }, description: 'In a sentence each.' },
              unchecked: { type: 'array', items: { type: 'string' }, description: 'What was not looked at.' },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params: { number } }) =>
      verify(history.get(numberOf(number)).operations, verifyDoors, Date.now()),
  )

  app.post<NumberPath>(
    '/revisions/:number/rollback',
    {
      config: { ...needsEverything('a rollback'), dryRun: true, guarded: true, confirmable: true },
      schema: {
        operationId: 'rollback',
        tags: ['history'],
        summary: 'Make what was changed since a revision as it was then',
        description:
          'Rules and sets first, all of them or none; then the bans, the allowlist and the entries of rfw. What others have changed since stays. `left` names what is not as it was.',
        params,
        response: { 200: { description: 'What it came to.', $ref: 'RolledBack#' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, raw } = request
      const { guard, confirmWithin } = safetyOf(request)
      const number = numberOf(params.number)
      const options = { guard, confirmWithin, force: guard === undefined }
      if (termsOf(request).dryRun) {
        const { operations, left } = await rollback.rehearse(number, options)
        return sendDryRun(reply, 'rollback', operations, { left })
      }
      const { probation, ...rolledBack } = await rollback.to(number, originOf(raw), options)
      return withRevision(withProbation(reply, probation), rolledBack.revisions.at(-1)).send({
        ...rolledBack,
        probation: probationDocument(probation),
      })
    },
  )
}

/** @throws ChainmailError `bad-request` */
function numberOf(text: string, path = 'number'): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new ChainmailError(
    'bad-request',
    `${path}: ${JSON.stringify(text.slice(0, 60))} is not a whole number.`,
    {
      path,
    },
  )
}
