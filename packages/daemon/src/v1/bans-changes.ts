import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { BanBook, ManyBan, ManyUnban } from '../bans/ban-book.ts'
import { Refused } from '../bans/ban-request.ts'
import { problemOf } from '../problems.ts'
import { askerOf } from './asker.ts'
import { readBanLine, readUnbanLine } from './bans-request.ts'
import { checkMediaType, NDJSON, sendLines } from './ndjson.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { bodyOf, resultsMember, streamWords } from './sets-changes.ts'
import type { BulkChange } from './sets-firewall.ts'
import { type LineKind, lineResults } from './sets-stream.ts'

export interface BanChangeOptions {
  readonly log: Pick<Logger, 'error'>
}

interface ResultsQuery {
  readonly results: 'all' | 'refused'
}

const querystring: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { results: resultsMember },
}

const response: JsonSchema = {
  200: {
    description:
      'A line for each line of the request, when the kernel and the store have its change, and the summary as the last line. An answer without a summary was cut off.',
    content: { [NDJSON]: { schema: { $ref: 'BanResult#' } } },
  },
  ...refusals,
}

const banKind: LineKind<ManyBan> = {
  read: readBanLine,
  member: 'address',
  nameOf: ({ address }) => address,
}

const unbanKind: LineKind<ManyUnban> = {
  read: readUnbanLine,
  member: 'address',
  nameOf: ({ address }) => address,
}

/** Bans and takes bans back, as they come. */
export async function banChangeRoutes(
  app: FastifyInstance,
  book: BanBook,
  { log }: BanChangeOptions,
): Promise<void> {
  const onFault = (error: unknown): void => log.error({ err: error }, 'a stream of bans has failed')
  // Only here are bodies streams.
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers()
    streams.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload))
    streams.addHook('preParsing', async (request) => checkMediaType(request.headers['content-type']))

    streams.post<{ Body: Readable; Querystring: ResultsQuery }>(
      '/bans',
      {
        config: { documented: { body: bodyOfLines('BanLine') } },
        schema: {
          operationId: 'addBans',
          tags: ['bans'],
          summary: 'Ban many addresses, networks and ranges',
          description: `Each line has its own outcome, and what was banned stays when the request breaks off. ${streamWords}`,
          querystring,
          response,
        },
      },
      async (request, reply) => {
        const asker = askerOf(request.raw)
        const change = async (bans: Iterable<ManyBan>): Promise<BulkChange> =>
          changeOf(await book.banMany([...bans], asker))
        const onlyRefused = request.query.results === 'refused'
        return sendLines(reply, lineResults(bodyOf(request), banKind, change, { onlyRefused, onFault }))
      },
    )

    streams.delete<{ Body: Readable; Querystring: ResultsQuery }>(
      '/bans',
      {
        config: { documented: { body: bodyOfLines('UnbanLine') } },
        schema: {
          operationId: 'deleteBans',
          tags: ['bans'],
          summary: 'Take many bans back',
          description: `One that is not banned is refused with not-banned. ${streamWords}`,
          querystring,
          response,
        },
      },
      async (request, reply) => {
        const asker = askerOf(request.raw)
        const change = async (bans: Iterable<ManyUnban>): Promise<BulkChange> =>
          changeOf(await book.unbanMany([...bans], asker))
        const onlyRefused = request.query.results === 'refused'
        return sendLines(reply, lineResults(bodyOf(request), unbanKind, change, { onlyRefused, onFault }))
      },
    )
  })
}

function bodyOfLines(schema: string): JsonSchema {
  return { content: { [NDJSON]: { schema: { $ref: `${schema}#` } } } }
}

function changeOf(outcomes: readonly unknown[]): BulkChange {
  const refused = outcomes.flatMap((outcome, index) => {
    if (!(outcome instanceof Refused)) return []
    const { code, detail } = problemOf(outcome.reason)
    return [{ index, code, message: detail }]
  })
  return { accepted: outcomes.length - refused.length, refused }
}
