import type { FastifyInstance } from 'fastify'
import type { BanBook } from '../bans/ban-book.ts'
import { needsRead } from '../identity/route-needs.ts'
import { type BanQuery, readCursor } from './bans-filter.ts'
import { banLines, banPage } from './bans-page.ts'
import { listingMembers, listingResponse, pageLength } from './listing-schemas.ts'
import { NDJSON, READING_TIME, sendLines } from './ndjson.ts'
import { type JsonSchema, scopeWord } from './schemas.ts'
import { withVersion } from './terms.ts'
import { versionOf } from './versions.ts'

interface ListQuery extends BanQuery {
  readonly cursor?: string
  readonly limit: string
}

const listQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...listingMembers('bans'),
    reason: { type: 'string', description: 'Only bans whose reason has this text in it.' },
    who: { type: 'string', description: 'Only bans that this one has asked for.' },
    scope: { ...scopeWord, description: 'Only bans of this scope.' },
    family: { type: 'string', enum: ['ipv4', 'ipv6'] },
  },
}

/** The bans, as a page or as a stream. */
export function banListingRoute(app: FastifyInstance, book: BanBook): void {
  app.get<{ Querystring: ListQuery }>(
    '/bans',
    {
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'listBans',
        tags: ['bans'],
        summary: 'The bans that the kernel holds, a page or a stream',
        description: `As JSON a page: the oldest first, then those that other programs have made. A ban that stays is on exactly one page, whatever changes between them. A request with "accept: ${NDJSON}" is answered with all bans in one stream, a line each, in the kernel's order; a caller who does not take anything for ${READING_TIME / 1000} s is cut off. Each page looks at all bans for their counters: a stream is the way to read many.`,
        querystring: listQuery,
        response: listingResponse('bans', 'ListedBan'),
      },
    },
    async ({ query, headers }, reply) => {
      if (headers.accept?.includes(NDJSON) === true) return sendLines(reply, banLines(book, query))
      const page = await banPage(book, query, readCursor(query.cursor), pageLength(query.limit))
      const lasting = page.bans.map(({ packets: _, bytes: __, expiresIn: ___, ...ban }) => ban)
      return withVersion(reply, versionOf([lasting, page.next])).send(page)
    },
  )
}
