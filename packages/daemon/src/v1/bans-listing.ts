import type { FastifyInstance } from 'fastify'
import type { BanBook } from '../bans/ban-book.ts'
import { type BanQuery, readCursor } from './bans-filter.ts'
import { banLines, banPage } from './bans-page.ts'
import { NDJSON, READING_TIME, sendLines } from './ndjson.ts'
import { type JsonSchema, refusals, scopeWord } from './schemas.ts'

/** Bans. */
const LONGEST_PAGE = 5_000

interface ListQuery extends BanQuery {
  readonly cursor?: string
  readonly limit: string
}

const listQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cursor: { type: 'string', description: '`next` of the page before.' },
    limit: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,3}$',
      default: '1000',
      description: `How many bans a page has at most; there are never more than ${LONGEST_PAGE}.`,
    },
    contains: {
      type: 'string',
      description: 'Only bans that hold this address or network as a whole.',
      examples: ['192.0.2.7'],
    },
    within: { type: 'string', description: 'Only bans that lie in this network as a whole.' },
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
      schema: {
        operationId: 'listBans',
        tags: ['bans'],
        summary: 'The bans that the kernel holds, a page or a stream',
        description: `As JSON a page: the oldest first, then those that other programs have made. A ban that stays is on exactly one page, whatever changes between them. A request with "accept: ${NDJSON}" is answered with all bans in one stream, a line each, in the kernel's order; a caller who does not take anything for ${READING_TIME / 1000} s is cut off. Each page looks at all bans for their counters: a stream is the way to read many.`,
        querystring: listQuery,
        response: {
          200: {
            description: 'The page, or the stream.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['bans'],
                  additionalProperties: false,
                  properties: {
                    bans: { type: 'array', items: { $ref: 'ListedBan#' } },
                    next: {
                      type: 'string',
                      description: 'The cursor of the next page; absent on the last one.',
                    },
                  },
                },
              },
              [NDJSON]: { schema: { $ref: 'ListedBan#' } },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ query, headers }, reply) => {
      if (headers.accept?.includes(NDJSON) === true) return sendLines(reply, banLines(book, query))
      const limit = Math.min(LONGEST_PAGE, Number(query.limit))
      return banPage(book, query, readCursor(query.cursor), limit)
    },
  )
}
