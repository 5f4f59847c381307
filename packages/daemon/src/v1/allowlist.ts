import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AllowBook, AllowTerms, ListedAllowed } from '../bans/allow-book.ts'
import { needsEverything, needsRead } from '../identity/route-needs.ts'
import { timeText } from './ban-words.ts'
import { sendDryRun } from './dry-run.ts'
import { listPage, type PageQuery, pageQuery } from './list-page.ts'
import { nextMember } from './listing-schemas.ts'
import { originOf, withRevision } from './origin.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf, withVersion } from './terms.ts'
import { versionOf } from './versions.ts'

interface AllowPath {
  readonly Params: { readonly address: string }
}

const params: JsonSchema = {
  type: 'object',
  required: ['address'],
  properties: {
    address: {
      type: 'string',
      description: 'An address, a range, or a network whose / is written %2F.',
    },
  },
}

const entries: JsonSchema = {
  type: 'object',
  required: ['entries'],
  additionalProperties: false,
  properties: { entries: { type: 'array', items: { $ref: 'AllowedNetwork#' } } },
}

const entriesPage: JsonSchema = {
  ...entries,
  properties: { entries: { type: 'array', items: { $ref: 'AllowedNetwork#' } }, next: nextMember },
}

/** The allowlist: what nothing may ban. */
export function allowlistRoutes(app: FastifyInstance, allowlist: AllowBook): void {
  app.get<{ Querystring: PageQuery }>(
    '/allowlist',
    {
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'listAllowed',
        tags: ['allowlist'],
        summary: 'Everything that nothing may ban, what this host needs itself included',
        querystring: pageQuery,
        response: {
          200: { description: 'The entries, and then what is allowed by default.', ...entriesPage },
          ...refusals,
        },
      },
    },
    async ({ query: { cursor, limit } }, reply) => {
      const list = allowlist.list()
      const page = await listPage(list, ({ origin, address }) => `${origin === 'entry' ? 0 : 1} ${address}`, {
        cursor,
        limit,
      })
      const document = { entries: page.items.map(allowedDocument), next: page.next }
      return withVersion(reply, listVersion(list)).send(document)
    },
  )

  app.put<AllowPath & { Body: { readonly reason?: string } | null }>(
    '/allowlist/:address',
    {
      config: { ...needsEverything('the allowlist'), dryRun: true, conditional: true },
      schema: {
        operationId: 'putAllowed',
        tags: ['allowlist'],
        summary: 'Allow an address, a network or a range',
        description:
          'One that is there gets the new reason. Bans in place give way: those inside are taken back, wider ones leave it out. Answered when the kernel and the store have it.',
        params,
        body: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: { reason: { type: 'string', maxLength: 255, description: 'Why; on one line.' } },
        },
        response: { 200: { description: 'The entries that it consists of.', ...entries }, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, raw } = request
      const terms = allowTerms(request)
      const reason = body?.reason || undefined
      const made = await allowlist.allow(params.address, reason, originOf(raw), terms)
      if (terms.dryRun === true) return sendDryRun(reply, 'allowlist', made.operations)
      const { entries, revision } = made
      return withRevision(reply, revision).send({ entries: entries.map(allowedDocument) })
    },
  )

  app.delete<AllowPath>(
    '/allowlist/:address',
    {
      config: { ...needsEverything('the allowlist'), dryRun: true, conditional: true },
      schema: {
        operationId: 'deleteAllowed',
        tags: ['allowlist'],
        summary: 'Take an entry away',
        description: 'Wider bans that left it out hold it again.',
        params,
        response: { 204: { description: 'The entry is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, raw } = request
      const terms = allowTerms(request)
      const { revision, operations } = await allowlist.disallow(params.address, originOf(raw), terms)
      if (terms.dryRun === true) return sendDryRun(reply, 'allowlist', operations)
      return withRevision(reply, revision).code(204).send()
    },
  )
}

function allowTerms(request: FastifyRequest): AllowTerms {
  const terms = termsOf(request)
  const { dryRun } = terms
  return terms.isConditional ? { dryRun, check: (list) => terms.check(listVersion(list)) } : { dryRun }
}

function listVersion(list: readonly ListedAllowed[]): string {
  return versionOf(list.map(({ address, reason, origin }) => [address, reason, origin]))
}

function allowedDocument({ since, ...entry }: ListedAllowed): Record<string, unknown> {
  return { ...entry, since: since === undefined ? undefined : timeText(since) }
}
