import type { FastifyInstance } from 'fastify'
import type { BanBook, ListedBan } from '../bans/ban-book.ts'
import type { BanRecord } from '../bans/ban-store.ts'
import { doorOf } from '../doors/http-server.ts'
import { plainCounters } from './counters.ts'
import { type JsonSchema, refusals } from './schemas.ts'

interface BanPath {
  readonly Params: { readonly address: string }
}

interface BanRequest {
  readonly for?: string | number
  readonly reason?: string
}

const params: JsonSchema = {
  type: 'object',
  required: ['address'],
  properties: {
    address: {
      type: 'string',
      description:
        'An address, or a network whose / is written %2F: 198.51.100.7, 203.0.113.0%2F24, 2001:db8::%2F32.',
    },
  },
}

/** Bans: each an entry of a set that a single rule drops by. */
export function banRoutes(app: FastifyInstance, book: BanBook): void {
  app.put<BanPath & { Body: BanRequest | null }>(
    '/bans/:address',
    {
      schema: {
        operationId: 'putBan',
        tags: ['bans'],
        summary: 'Ban an address or a network',
        description:
          'Renews the ban where there is one: its end and reason become those of this request. Answered when the kernel and the store have it.',
        params,
        body: { $ref: 'BanRequest#' },
        response: { 200: { description: 'The ban.', $ref: 'Ban#' }, ...refusals },
      },
    },
    async (request) => {
      const wish = { ...request.body, who: doorOf(request.raw) }
      return banDocument(await book.ban(request.params.address, wish), Date.now())
    },
  )

  app.delete<BanPath>(
    '/bans/:address',
    {
      schema: {
        operationId: 'deleteBan',
        tags: ['bans'],
        summary: 'Take a ban back',
        params,
        response: { 204: { description: 'The ban is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      await book.unban(request.params.address)
      return reply.code(204).send()
    },
  )

  app.get(
    '/bans',
    {
      schema: {
        operationId: 'listBans',
        tags: ['bans'],
        summary: 'The bans that the kernel holds',
        response: {
          200: {
            description: 'The oldest first.',
            type: 'object',
            required: ['bans'],
            additionalProperties: false,
            properties: { bans: { type: 'array', items: { $ref: 'ListedBan#' } } },
          },
          ...refusals,
        },
      },
    },
    async () => {
      return { bans: book.list().map(listedBanDocument) }
    },
  )
}

function banDocument(ban: BanRecord, now: number): Record<string, unknown> {
  const { address, family, since, until, reason, who } = ban
  return {
    address,
    family,
    since: timeText(since),
    until: until === undefined ? undefined : timeText(until),
    expiresIn: until === undefined ? undefined : Math.max(0, Math.ceil((until - now) / 1000)),
    reason,
    who,
  }
}

function listedBanDocument({ kernel, record }: ListedBan): Record<string, unknown> {
  const { address, family, expiresIn, reason } = kernel
  const known = record === undefined ? {} : { since: timeText(record.since), who: record.who }
  // Without a record the kernel's is the only word; with one, its timeout may be the part of a longer ban.
  const end = record === undefined ? endIn(expiresIn) : record.until
  return {
    address,
    family,
    ...known,
    until: end === undefined ? undefined : timeText(end),
    expiresIn: end === undefined ? undefined : Math.max(0, Math.ceil((end - Date.now()) / 1000)),
    reason: reason ?? record?.reason,
    ...plainCounters(kernel),
  }
}

function endIn(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Date.now() + seconds * 1000
}

function timeText(time: number): string {
  return new Date(time).toISOString()
}
