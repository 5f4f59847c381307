import type { FastifyInstance } from 'fastify'
import type { AllowBook, ListedAllowed } from '../bans/allow-book.ts'
import { timeText } from './ban-words.ts'
import { originOf, withRevision } from './origin.ts'
import { type JsonSchema, refusals } from './schemas.ts'

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

/** The allowlist: what nothing may ban. */
export function allowlistRoutes(app: FastifyInstance, allowlist: AllowBook): void {
  app.get(
    '/allowlist',
    {
      schema: {
        operationId: 'listAllowed',
        tags: ['allowlist'],
        summary: 'Everything that nothing may ban, what this host needs itself included',
        response: {
          200: { description: 'The entries, and then what is allowed by default.', ...entries },
          ...refusals,
        },
      },
    },
    async () => ({ entries: allowlist.list().map(allowedDocument) }),
  )

  app.put<AllowPath & { Body: { readonly reason?: string } | null }>(
    '/allowlist/:address',
    {
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
    async ({ params: { address }, body, raw }, reply) => {
      const { entries, revision } = await allowlist.allow(address, body?.reason || undefined, originOf(raw))
      return withRevision(reply, revision).send({ entries: entries.map(allowedDocument) })
    },
  )

  app.delete<AllowPath>(
    '/allowlist/:address',
    {
      schema: {
        operationId: 'deleteAllowed',
        tags: ['allowlist'],
        summary: 'Take an entry away',
        description: 'Wider bans that left it out hold it again.',
        params,
        response: { 204: { description: 'The entry is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { address }, raw }, reply) => {
      const revision = await allowlist.disallow(address, originOf(raw))
      return withRevision(reply, revision).code(204).send()
    },
  )
}

function allowedDocument({ since, ...entry }: ListedAllowed): Record<string, unknown> {
  return { ...entry, since: since === undefined ? undefined : timeText(since) }
}
